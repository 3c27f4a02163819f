// Cuts a span of time into equal buckets and puts calls into them: what every chart over time is drawn from.
import type { Call } from '../records/call';
import type { TimeSpan } from '../records/selection';

export interface Buckets {
  readonly fromMs: number;
  readonly widthMs: number;
  /** How many buckets there are, all of them whole. */
  readonly count: number;
}

const WIDTHS_MS = [100, 200, 250, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000];
const MOST_BUCKETS = 200;
/** A chart keeps at least this much detail, however few calls there are. */
const FEWEST_BUCKETS = 60;
/** With fewer calls per bucket, one call more or less shows as a jagged edge. */
const CALLS_PER_BUCKET = 100;

/** Buckets of a round width: 60 to 200 of them, as narrow as the number of calls allows. */
export function bucketsFor({ fromMs, toMs }: TimeSpan, calls: number): Buckets {
  const spanMs = Math.max(toMs - fromMs, 1);
  const wanted = Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, calls / CALLS_PER_BUCKET));
  const widthMs = WIDTHS_MS.find((width) => spanMs / width <= wanted) ?? Math.ceil(spanMs / wanted);
  // A last bucket that is less than half there would show a dip that did not happen.
  return { fromMs, widthMs, count: Math.max(1, Math.round(spanMs / widthMs)) };
}

/** The bucket of a moment; beyond the last whole one, undefined. */
export function bucketAt({ fromMs, widthMs, count }: Buckets, atMs: number): number | undefined {
  const index = Math.floor((atMs - fromMs) / widthMs);
  return index >= 0 && index < count ? index : undefined;
}

/** The middle of a bucket, s since the start of the span. */
export function middleSeconds({ widthMs }: Buckets, index: number): number {
  return ((index + 0.5) * widthMs) / 1000;
}

/** Calls per second in each bucket, by a name that `key` reads from the call; calls without a name are left out. */
export function ratesBy(
  buckets: Buckets,
  calls: readonly Call[],
  key: (call: Call) => string | undefined,
): ReadonlyMap<string, Float64Array> {
  const rates = new Map<string, Float64Array>();
  const perCall = 1000 / buckets.widthMs;
  for (const call of calls) {
    const name = key(call);
    const index = bucketAt(buckets, call.sentMs);
    if (name === undefined || index === undefined) continue;
    let series = rates.get(name);
    if (series === undefined) {
      series = new Float64Array(buckets.count);
      rates.set(name, series);
    }
    series[index] = (series[index] as number) + perCall;
  }
  return rates;
}

/** The calls of each bucket. */
export function callsByBucket(buckets: Buckets, calls: readonly Call[]): readonly (readonly Call[])[] {
  const groups: Call[][] = Array.from({ length: buckets.count }, () => []);
  for (const call of calls) {
    const index = bucketAt(buckets, call.sentMs);
    if (index !== undefined) groups[index]?.push(call);
  }
  return groups;
}
