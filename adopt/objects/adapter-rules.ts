// The adapter's rules for the user's services: one per counter of theirs, one for the Envoys, and one per service for what
// the Envoys pass on to it. Each is a copy of a shipped rule.
import { readCounter } from '../service/counter';
import { headlessName, metricName, serviceMetricName } from '../service/names';
import type { Service } from '../service/service';
import { stripComments } from '../yaml-text/comments';
import type { YamlPath, YamlText } from '../yaml-text/yaml-text';
import { SHIPPED } from './shipped-files';

const QUERY = 'metricsQuery';
const CLUSTER = `envoy_cluster_name="${SHIPPED.cluster}"`;

/** @param rules where in `text` the list of rules is */
export function adaptRules(text: YamlText, rules: YamlPath, services: readonly Service[]): void {
  const ruleOf = (metric: string) => [...rules, indexOfRule(text, rules, metric)];
  const counted = services.filter(({ scaling }) => scaling.counter !== undefined);
  const names = new Set<string>();
  const own = ruleOf(SHIPPED.ownMetric);
  const ownRules = counted.flatMap((service) => {
    const name = metricName(service);
    if (names.has(name)) return [];
    names.add(name);
    const rule = ownRule(text.item(own), service);
    return [names.size === 1 ? rule : stripComments(rule)];
  });
  const ofService = ruleOf(SHIPPED.serviceMetric);
  const serviceRules = services.map((service, index) => {
    const rule = ruleOfService(text.item(ofService), service);
    return index === 0 ? rule : `\n# The same for ${service.name}.\n${stripComments(rule)}`;
  });
  text.replaceItem(ofService, serviceRules);
  const envoy = ruleOf(SHIPPED.envoyMetric);
  text.replaceItem(envoy, [envoyRule(text.item(envoy), services)]);
  text.replaceItem(own, ownRules);
}

function indexOfRule(text: YamlText, rules: YamlPath, metric: string): number {
  const known = text.value(rules) as readonly { readonly name?: { readonly as?: string } }[];
  const index = known.findIndex(({ name }) => name?.as === metric);
  if (index === -1) throw new Error(`${text.name}: expected a rule that makes ${metric}`);
  return index;
}

function ownRule(rule: YamlText, service: Service): string {
  const { series, matchers } = readCounter(service.scaling.counter ?? '');
  const all = ['namespace!="",pod!=""', matchers].filter(Boolean).join(',');
  rule.set([0, 'seriesQuery'], `${series}{${all}}`);
  rule.set([0, 'name', 'as'], metricName(service));
  // LabelMatchers does not include what the series are selected by.
  if (matchers !== '')
    replaceInQuery(rule, (query) => query.replaceAll('<<.LabelMatchers>>', `<<.LabelMatchers>>,${matchers}`));
  return rule.text;
}

/** What every Envoy passes on, to whichever service. */
function envoyRule(rule: YamlText, services: readonly Service[]): string {
  const ids = services.map(({ id }) => id);
  const matcher = ids.length === 1 ? `envoy_cluster_name="${ids[0]}"` : `envoy_cluster_name=~"${ids.join('|')}"`;
  rule.set([0, 'seriesQuery'], String(rule.value([0, 'seriesQuery'])).replace(CLUSTER, matcher));
  replaceInQuery(rule, (query) => query.replaceAll(CLUSTER, matcher));
  return rule.text;
}

/** What all Envoys together pass on to one service: the shipped rule with the names of its cluster and its Service. */
function ruleOfService(rule: YamlText, service: Service): string {
  rule.set([0, 'name', 'as'], serviceMetricName(service));
  return rule.text
    .replaceAll(CLUSTER, `envoy_cluster_name="${service.id}"`)
    .replaceAll(`"${SHIPPED.headless}"`, `"${headlessName(service)}"`);
}

/** The query stands in a folded block, its guard on a line of its own. */
function replaceInQuery(rule: YamlText, change: (query: string) => string): void {
  const old = String(rule.value([0, QUERY]));
  const parts = old.replace(/ (and on \(\) count_over_time\()/, '\n$1');
  rule.setBlock([0, QUERY], change(parts));
}
