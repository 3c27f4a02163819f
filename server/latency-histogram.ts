// A histogram of durations that costs a call a few additions, and its form for Prometheus. prom-client's own Histogram
// validates and hashes labels for each value.
import type { Metric, Registry } from 'prom-client';
import { LATENCY_BUCKETS } from '../runtime/latency-buckets';

export class LatencyHistogram {
  /** One count per bound, not cumulative, and one more for what is above all of them. */
  readonly counts: number[] = new Array(LATENCY_BUCKETS.length + 1).fill(0);
  sumSeconds = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < LATENCY_BUCKETS.length && seconds > (LATENCY_BUCKETS[bucket] as number)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sumSeconds += seconds;
  }
}

interface HistogramFamily {
  readonly name: string;
  readonly help: string;
  /** Read at each scrape. */
  readonly histograms: () => Iterable<readonly [labels: Record<string, string>, histogram: LatencyHistogram]>;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
}

/** Adds a family of histograms, one per set of labels, to what `registry` answers a scrape with. */
export function registerHistograms(registry: Registry, { name, help, histograms }: HistogramFamily): void {
  const get = async () => {
    const values: Sample[] = [];
    for (const [labels, { counts, sumSeconds }] of histograms()) {
      let below = 0;
      counts.forEach((count, bucket) => {
        below += count;
        const le = LATENCY_BUCKETS[bucket] ?? '+Inf';
        values.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: below });
      });
      values.push({ metricName: `${name}_sum`, labels, value: sumSeconds });
      values.push({ metricName: `${name}_count`, labels, value: below });
    }
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  };
  // A registry asks its members for a name and `get()` only; prom-client's type names its own four classes.
  registry.registerMetric({ name, get } as unknown as Metric);
}
