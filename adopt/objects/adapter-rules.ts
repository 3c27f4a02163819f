// The adapter's rules for the user's services: one per counter of theirs, one for the Envoys, and one per service whose
// calls Envoy counts. Each is a copy of a shipped rule.

import { headlessName, metricName } from '../service/names';
import type { Service } from '../service/service';
import { stripComments } from '../yaml-text/comments';
import { type YamlPath, YamlText } from '../yaml-text/yaml-text';
import { SHIPPED } from './shipped-files';

const QUERY = 'metricsQuery';
/** How the shipped rules say whose series are meant. */
const ALL_OF_ENVOY = `<<.LabelMatchers>>,envoy_cluster_name="${SHIPPED.cluster}"`;

/** @param rules where in `text` the list of rules is: the servers' own first, then Envoy's */
export function adaptRules(text: YamlText, rules: YamlPath, services: readonly Service[]): void {
  const [own, envoy]: YamlPath[] = [
    [...rules, 0],
    [...rules, 1],
  ];
  if (own === undefined || envoy === undefined) return;
  const counted = services.filter(({ scaling }) => scaling.counter !== undefined);
  const names = new Set<string>();
  const ownRules = counted.flatMap((service) => {
    const name = metricName(service);
    if (names.has(name)) return [];
    names.add(name);
    const rule = ownRule(text.item(own), service);
    return [names.size === 1 ? rule : stripComments(rule)];
  });
  const ofServices = services.filter(({ scaling }) => scaling.counter === undefined);
  const rest = ofServices.map((service) => ruleOfService(stripped(text.item(envoy)), service));
  text.replaceItem(envoy, [envoyRule(text.item(envoy), services), ...rest]);
  text.replaceItem(own, ownRules);
}

function ownRule(rule: YamlText, service: Service): string {
  const [, name, matchers = '{}'] = /^([^{]+)(\{.*\})?$/.exec(service.scaling.counter ?? '') ?? [];
  const more = matchers.slice(1, -1);
  rule.set([0, 'seriesQuery'], `${name}{namespace!="",pod!=""${more === '' ? '' : `,${more}`}}`);
  rule.set([0, 'name', 'as'], metricName(service));
  // LabelMatchers does not include what the series are selected by.
  if (more !== '')
    replaceInQuery(rule, (query) => query.replaceAll('<<.LabelMatchers>>', `<<.LabelMatchers>>,${more}`));
  return rule.text;
}

/** What every Envoy passes on, to whichever service. */
function envoyRule(rule: YamlText, services: readonly Service[]): string {
  const shipped = `envoy_cluster_name="${SHIPPED.cluster}"`;
  const ids = services.map(({ id }) => id);
  const matcher = ids.length === 1 ? `envoy_cluster_name="${ids[0]}"` : `envoy_cluster_name=~"${ids.join('|')}"`;
  rule.set([0, 'seriesQuery'], String(rule.value([0, 'seriesQuery'])).replace(shipped, matcher));
  replaceInQuery(rule, (query) => query.replaceAll(shipped, matcher));
  return rule.text;
}

/**
 * What all Envoys together pass on to one service, as a metric of its headless Service. The series are Envoy's, in its
 * namespace; the answer gets the name of the object that the autoscaler asks about.
 */
function ruleOfService(rule: YamlText, service: Service): string {
  const matcher = `envoy_cluster_name="${service.id}"`;
  const series = String(rule.value([0, 'seriesQuery'])).replace(`envoy_cluster_name="${SHIPPED.cluster}"`, matcher);
  rule.set([0, 'seriesQuery'], series);
  rule.set([0, 'name', 'as'], metricName(service));
  rule.replaceItem(
    [0],
    [rule.text.replace(/^( *)pod: \{ resource: pod \}$/m, '$1envoy_cluster_name: { resource: service }')],
  );
  replaceInQuery(rule, (query) => {
    const [rate = '', whole = ''] = query
      .replaceAll(ALL_OF_ENVOY, `namespace="${SHIPPED.envoy}",${matcher}`)
      .split('\n');
    return `label_replace(\n${rate},\n"<<.GroupBy>>", "${headlessName(service)}", "", "")\n${whole}`;
  });
  const heading = [
    `# Calls per second that all Envoys pass on to ${service.id}, for its autoscaler: a metric of the Service`,
    `# ${headlessName(service)}. Nothing of the server is needed, and health checks are not counted.`,
  ];
  return `\n${heading.join('\n')}\n${rule.text}`;
}

function stripped(rule: YamlText): YamlText {
  return new YamlText(rule.name, stripComments(rule.text));
}

/** The query stands in a folded block, one part a line. */
function replaceInQuery(rule: YamlText, change: (query: string) => string): void {
  const old = String(rule.value([0, QUERY]));
  const parts = old.replace(' and on () ', '\nand on () ');
  rule.setBlock([0, QUERY], change(parts));
}
