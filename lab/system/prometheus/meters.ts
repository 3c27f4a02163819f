// What Prometheus says of the pods, by the adapter's own rules, and the events that are made of it. The same for every
// Prometheus that can be asked.
import { type AdapterRule, findRule, metricQuery, oldestReadingQuery } from '../../../manifest-reader/adapter-rules';
import { overOneWindow } from '../../../manifest-reader/rate-windows';
import type { EventDetails, Tier } from '../../records/event';
import { recordMetric } from '../../records/metric-reading';
import type { Recorder } from '../../records/recorder';
import type { Meters } from '../system';
import { type AskPrometheus, queryVector } from './api';

export type PrometheusMeters = Pick<Meters, 'queriedMetric' | 'windowedMetric' | 'scrapedAtMs'>;

export interface PrometheusMetersDeps {
  readonly ask: AskPrometheus;
  readonly rules: readonly AdapterRule[];
  readonly recorder: Pick<Recorder, 'event'>;
  /** The names of all pods of a tier; the tier's namespace has the tier's name. */
  readonly podsOf: (tier: Tier) => Promise<readonly string[]>;
}

interface Reading {
  readonly source: EventDetails['metric']['source'];
  readonly edit: (query: string) => string;
}

export function createPrometheusMeters({ ask, rules, recorder, podsOf }: PrometheusMetersDeps): PrometheusMeters {
  const lastReadMs = new Map<Tier, number>();

  async function read(name: string, tier: Tier, { source, edit }: Reading): Promise<ReadonlyMap<string, number>> {
    const rule = findRule(rules, name, 'pod');
    const pods = await podsOf(tier);
    // The adapter does not ask about an empty list either.
    if (pods.length === 0) return new Map();
    const samples = (await queryVector(ask, edit(metricQuery(rule, { namespace: tier, names: pods })))) ?? [];
    const finite = samples.filter(({ value }) => Number.isFinite(value));
    const values = new Map(finite.map(({ labels, value }) => [labels[rule.labels.object] ?? '', value]));
    recordMetric(recorder, name, { source }, values);
    return values;
  }

  return {
    queriedMetric: (name, tier) => read(name, tier, { source: 'prometheus', edit: (query) => query }),
    windowedMetric: (name, tier, which) =>
      read(name, tier, { source: `${which}-window`, edit: (query) => overOneWindow(query, which) }),
    scrapedAtMs: async (name, tier) => {
      const samples = await queryVector(ask, oldestReadingQuery(findRule(rules, name, 'pod'), tier));
      const seconds = samples?.[0]?.value;
      if (seconds === undefined) return undefined;
      const readAtMs = Math.round(seconds * 1000);
      if (lastReadMs.get(tier) !== readAtMs) recorder.event('scrape', { subject: tier, detail: { readAtMs } });
      lastReadMs.set(tier, readAtMs);
      return readAtMs;
    },
  };
}
