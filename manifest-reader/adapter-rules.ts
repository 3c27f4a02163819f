// The rules of prometheus_k8s/adapter-configmap.yaml, and what the adapter asks Prometheus by one of them. Reads, never
// changes; who asks, and how, is not known here.
import { collectProblems, type Field } from './fields';
import { readCarriedFile } from './manifest-files';

const FILE = 'prometheus_k8s/adapter-configmap.yaml';
const KEY = 'config.yaml';

export interface AdapterRule {
  /** What the custom metrics API calls it. */
  readonly name: string;
  /** Selects the series that the rule is about, `requests_total{pod!=""}`. */
  readonly seriesQuery: string;
  /** The template of the query. */
  readonly metricsQuery: string;
  /** Which labels of a series say whose it is. */
  readonly labels: { readonly namespace: string; readonly pod: string };
}

/** Whose metric is asked for: these pods of one namespace. */
export interface AskedPods {
  readonly namespace: string;
  /** At least one. */
  readonly pods: readonly string[];
}

/** @throws ManifestError, or the error of the file system or of YAML, when `root` does not hold what is expected */
export function readAdapterRules(root: string): readonly AdapterRule[] {
  return collectProblems((report) => {
    return readCarriedFile(root, FILE, KEY, report).get('rules').items().map(readRule);
  });
}

/** @throws Error when no rule makes a metric of that name */
export function findRule(rules: readonly AdapterRule[], name: string): AdapterRule {
  const rule = rules.find((each) => each.name === name);
  if (rule !== undefined) return rule;
  const names = rules.map((each) => each.name).join(', ') || 'no rules';
  throw new Error(`cannot ask for the metric "${name}": expected a rule of that name in ${FILE}, which has ${names}`);
}

/**
 * The query of the adapter when an autoscaler wants the metric of these pods.
 * @throws Error when the template has a field that is not known here
 */
export function metricQuery(rule: AdapterRule, { namespace, pods }: AskedPods): string {
  const { labels, metricsQuery } = rule;
  const who = pods.length === 1 ? `${labels.pod}="${pods[0]}"` : `${labels.pod}=~"${pods.join('|')}"`;
  const values: Readonly<Record<string, string>> = {
    Series: seriesOf(rule).name,
    LabelMatchers: `${labels.namespace}="${namespace}",${who}`,
    GroupBy: labels.pod,
  };
  return metricsQuery.replaceAll(/<<\s*\.?(.*?)\s*>>/g, (text, key: string) => {
    const value = values[key];
    if (value !== undefined) return value;
    const known = Object.keys(values).map((each) => `<<.${each}>>`);
    throw new Error(`cannot fill in the metricsQuery of ${rule.name}: expected ${known.join(', ')}, got ${text}`);
  });
}

/** Asks for the oldest of the newest readings of a namespace's pods, in seconds since the epoch. */
export function oldestReadingQuery(rule: AdapterRule, namespace: string): string {
  const { name, matchers } = seriesOf(rule);
  const all = [matchers, `${rule.labels.namespace}="${namespace}"`].filter((text) => text !== '').join(',');
  return `min(max by (${rule.labels.pod}) (timestamp(${name}{${all}})))`;
}

function readRule(rule: Field): AdapterRule {
  const overrides = rule.get('resources').get('overrides');
  const labelOf = (resource: string) => {
    const found = overrides.entries().find(([, override]) => override.get('resource').value === resource);
    if (found === undefined) overrides.refuse(`a label for ${resource}`);
    return found?.[0] ?? '';
  };
  return {
    name: rule.get('name').get('as').text(),
    seriesQuery: rule.get('seriesQuery').text(),
    metricsQuery: rule.get('metricsQuery').text(),
    labels: { namespace: labelOf('namespace'), pod: labelOf('pod') },
  };
}

function seriesOf({ name: rule, seriesQuery }: AdapterRule): { readonly name: string; readonly matchers: string } {
  const [, name, matchers = ''] = /^\s*([\w:]+)\s*(?:\{(.*)\})?\s*$/s.exec(seriesQuery) ?? [];
  if (name !== undefined) return { name, matchers };
  throw new Error(`cannot read the seriesQuery of ${rule}: expected NAME{MATCHERS}, got ${seriesQuery}`);
}
