// Every series that a query may ask for, and the labels it has by the time it is in Prometheus: from the services' own
// registries, from the recorded list of Envoy's, and from Prometheus' configuration. Nothing is typed by hand.
import { status } from '@grpc/grpc-js';
import { createClientMetrics } from '../../client/metrics';
import { Tally } from '../../client/tally';
import { createServerMetrics } from '../../server/metrics';
import { readEnvoyMetrics } from './envoy-metric-names';
import { type Family, type MetricType, parseExposition } from './exposition';
import { prometheusConfig } from './metrics-config';

export interface KnownSeries {
  /** `counter` for the parts of a histogram too: they only grow. */
  readonly type: MetricType;
  readonly labels: ReadonlySet<string>;
}

/** What a server's /metrics answers after one call. */
export async function serverExposition(): Promise<string> {
  const { registry, forMethod } = createServerMetrics();
  const calls = forMethod('SayHello');
  calls.begin();
  calls.end(status.OK, 0.001);
  return registry.metrics();
}

/** What a client's /metrics answers after one call. */
export async function clientExposition(): Promise<string> {
  const tally = new Tally();
  const { registry, observe } = createClientMetrics(tally, { inFlight: 0, behindSchedule: 0, neverSent: 0 });
  const outcome = { code: 'OK', text: '', pod: 'grpc-server-1', via: 'envoy-1', attempts: 1, latencyMs: 1 };
  const record = { ...outcome, seq: 1, intendedMs: 0, sentMs: 0 };
  tally.record(record);
  observe(record);
  return registry.metrics();
}

/** All series by name, `_bucket`, `_sum` and `_count` of histograms among them. */
export async function knownSeries(): Promise<Map<string, KnownSeries>> {
  const fromTarget = targetLabels();
  const families: [string, Family][] = [
    ...parseExposition(await serverExposition()),
    ...parseExposition(await clientExposition()),
    ...readEnvoyMetrics().map((metric): [string, Family] => [metric.name, metric]),
    ['up', { type: 'gauge', labels: [] }],
  ];
  const known = new Map<string, KnownSeries>();
  const add = (name: string, type: MetricType, own: readonly string[]) => {
    const before = known.get(name)?.labels ?? [];
    known.set(name, { type, labels: new Set([...before, ...fromTarget, ...own.map(stored(fromTarget))]) });
  };
  for (const [name, { type, labels }] of families) {
    if (type !== 'histogram') add(name, type, labels);
    else {
      add(`${name}_bucket`, 'counter', [...labels, 'le']);
      add(`${name}_sum`, 'counter', labels);
      add(`${name}_count`, 'counter', labels);
    }
  }
  return known;
}

/** The label under which Prometheus stores an exposed one: with honor_labels off, a target's label of that name wins. */
function stored(fromTarget: ReadonlySet<string>): (label: string) => string {
  return (label) => (fromTarget.has(label) ? `exported_${label}` : label);
}

/** The labels that Prometheus gives to every series of a pod. */
export function targetLabels(): ReadonlySet<string> {
  const pods = prometheusConfig().job('pods');
  if (pods.honor_labels === true) throw new Error('prometheus.yml: expected honor_labels: false for the job pods');
  const set = (pods.relabel_configs ?? []).map(({ target_label }) => target_label ?? '');
  return new Set(['instance', 'job', ...set.filter((label) => label !== '' && !label.startsWith('__'))]);
}
