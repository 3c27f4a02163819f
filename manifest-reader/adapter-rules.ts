// The rules of prometheus_k8s/adapter-configmap.yaml, and what the adapter asks Prometheus by one of them. Reads, never
// changes; who asks, and how, is not known here.
import { collectProblems, type Field } from './fields';
import { readCarriedFile } from './manifest-files';

const FILE = 'prometheus_k8s/adapter-configmap.yaml';
const KEY = 'config.yaml';
const RESOURCES: readonly MetricResource[] = ['pod', 'service'];

export interface AdapterRule {
  /** What the custom metrics API calls it. */
  readonly name: string;
  /** Selects the series that the rule is about, `requests_total{pod!=""}`. */
  readonly seriesQuery: string;
  /** The template of the query. */
  readonly metricsQuery: string;
  /** What the metric is of. */
  readonly resource: MetricResource;
  /** Which labels of a series say whose it is. */
  readonly labels: { readonly namespace: string; readonly object: string };
}

export type MetricResource = 'pod' | 'service';

/** Whose metric is asked for: these pods, or this Service, of one namespace. */
export interface AskedObjects {
  readonly namespace: string;
  /** At least one. */
  readonly names: readonly string[];
}

/** @throws ManifestError, or the error of the file system or of YAML, when `root` does not hold what is expected */
export function readAdapterRules(root: string): readonly AdapterRule[] {
  return collectProblems((report) => {
    return readCarriedFile(root, FILE, KEY, report).get('rules').items().map(readRule);
  });
}

/** @throws Error when no rule makes a metric of that name for that resource */
export function findRule(rules: readonly AdapterRule[], name: string, resource: MetricResource): AdapterRule {
  const fitting = rules.filter((each) => each.resource === resource);
  const rule = fitting.find((each) => each.name === name);
  if (rule !== undefined) return rule;
  const names = fitting.map((each) => each.name).join(', ') || 'no rules';
  throw new Error(
    `cannot ask for the metric "${name}" of a ${resource}: expected a rule of that name in ${FILE}, which has ${names}`,
  );
}

/**
 * The query of the adapter when an autoscaler wants the metric of these objects.
 * @throws Error when the template has a field that is not known here
 */
export function metricQuery(rule: AdapterRule, { namespace, names }: AskedObjects): string {
  const { labels, metricsQuery } = rule;
  const who = names.length === 1 ? `${labels.object}="${names[0]}"` : `${labels.object}=~"${names.join('|')}"`;
  const values: Readonly<Record<string, string>> = {
    Series: seriesOf(rule).name,
    LabelMatchers: `${labels.namespace}="${namespace}",${who}`,
    GroupBy: labels.object,
  };
  return metricsQuery.replaceAll(/<<\s*\.?(.*?)\s*>>/g, (text, key: string) => {
    const value = values[key];
    if (value !== undefined) return value;
    const known = Object.keys(values).map((each) => `<<.${each}>>`);
    throw new Error(`cannot fill in the metricsQuery of ${rule.name}: expected ${known.join(', ')}, got ${text}`);
  });
}

/** Asks for the oldest of the newest readings of a namespace's objects, in seconds since the epoch. */
export function oldestReadingQuery(rule: AdapterRule, namespace: string): string {
  const { name, matchers } = seriesOf(rule);
  const all = [matchers, `${rule.labels.namespace}="${namespace}"`].filter((text) => text !== '').join(',');
  return `min(max by (${rule.labels.object}) (timestamp(${name}{${all}})))`;
}

function readRule(rule: Field): AdapterRule {
  const overrides = rule.get('resources').get('overrides');
  const labels = new Map(overrides.entries().map(([label, override]) => [override.get('resource').value, label]));
  const resource = RESOURCES.find((each) => labels.has(each));
  if (!labels.has('namespace')) overrides.refuse('a label for namespace');
  if (resource === undefined) overrides.refuse(`a label for ${RESOURCES.join(' or ')}`);
  return {
    name: rule.get('name').get('as').text(),
    seriesQuery: rule.get('seriesQuery').text(),
    metricsQuery: rule.get('metricsQuery').text(),
    resource: resource ?? 'pod',
    labels: { namespace: labels.get('namespace') ?? '', object: labels.get(resource) ?? '' },
  };
}

function seriesOf({ name: rule, seriesQuery }: AdapterRule): { readonly name: string; readonly matchers: string } {
  const [, name, matchers = ''] = /^\s*([\w:]+)\s*(?:\{(.*)\})?\s*$/s.exec(seriesQuery) ?? [];
  if (name !== undefined) return { name, matchers };
  throw new Error(`cannot read the seriesQuery of ${rule}: expected NAME{MATCHERS}, got ${seriesQuery}`);
}
