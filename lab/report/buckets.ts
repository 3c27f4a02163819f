// Cuts the time in which calls were sent into buckets and puts calls into them: what every chart over time is drawn from.
import type { Call } from '../records/call';
import type { TimeSpan } from '../records/selection';
import { sendingTimes } from './sending-times';

export interface Buckets {
  /** The whole time, of which buckets may leave out parts. */
  readonly span: TimeSpan;
  /** In the order of time. All of a stretch of sending are equally wide, and none reaches out of it. */
  readonly cells: readonly TimeSpan[];
}

const WIDTHS_MS = [100, 200, 250, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000];
const MOST_BUCKETS = 200;
/** A chart keeps at least this much detail, however few calls there are. */
const FEWEST_BUCKETS = 60;
/** With fewer calls per bucket, one call more or less shows as a jagged edge. */
const CALLS_PER_BUCKET = 100;

/**
 * Buckets of about a round width, 60 to 200 in the span, as narrow as the number of calls allows. They begin and end with the
 * sending: a bucket that a load fills half would show a loss that did not happen, and so would one in a pause.
 */
export function bucketsFor(span: TimeSpan, calls: readonly Call[]): Buckets {
  const spanMs = Math.max(span.toMs - span.fromMs, 1);
  const wanted = Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, calls.length / CALLS_PER_BUCKET));
  const widthMs = WIDTHS_MS.find((width) => spanMs / width <= wanted) ?? Math.ceil(spanMs / wanted);
  const cells = sendingTimes(calls, span).flatMap(({ fromMs, toMs }) => {
    const count = Math.max(1, Math.round((toMs - fromMs) / widthMs));
    const at = (index: number) => fromMs + ((toMs - fromMs) * index) / count;
    return Array.from({ length: count }, (_, index) => ({ fromMs: at(index), toMs: at(index + 1) }));
  });
  return { span, cells };
}

/** The bucket of a moment; outside of all, undefined. */
export function bucketAt({ cells }: Buckets, atMs: number): number | undefined {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cells[middle] as TimeSpan).toMs <= atMs) low = middle + 1;
    else high = middle;
  }
  const cell = cells[low];
  return cell !== undefined && cell.fromMs <= atMs ? low : undefined;
}

/** The middle of a bucket, s since the start of the span. */
export function middleSeconds({ span, cells }: Buckets, index: number): number {
  const { fromMs, toMs } = cells[index] as TimeSpan;
  return ((fromMs + toMs) / 2 - span.fromMs) / 1000;
}

/** What a chart takes for "no value": it ends the line. */
type Value = number | '-';

/**
 * A value per bucket as points of a line, s since the start of the span. Each value holds for the whole of its bucket, so that a
 * line does not rise before its step. Where the value is NaN, and in a pause, there is no line.
 */
export function steps({ span, cells }: Buckets, values: ArrayLike<number>): readonly [seconds: number, value: Value][] {
  const seconds = (atMs: number) => (atMs - span.fromMs) / 1000;
  return cells.flatMap(({ fromMs, toMs }, index): [number, Value][] => {
    const value = values[index];
    const drawn = value === undefined || Number.isNaN(value) ? '-' : value;
    const isBeforePause = (cells[index + 1]?.fromMs ?? toMs) > toMs;
    return [
      [seconds(fromMs), drawn],
      [seconds(toMs), drawn],
      ...(isBeforePause ? [[seconds(toMs), '-'] satisfies [number, Value]] : []),
    ];
  });
}

/** Calls per second in each bucket, by a name that `key` reads from the call; calls without a name are left out. */
export function ratesBy(
  buckets: Buckets,
  calls: readonly Call[],
  key: (call: Call) => string | undefined,
): ReadonlyMap<string, Float64Array> {
  const rates = new Map<string, Float64Array>();
  for (const call of calls) {
    const name = key(call);
    const index = bucketAt(buckets, call.sentMs);
    if (name === undefined || index === undefined) continue;
    let series = rates.get(name);
    if (series === undefined) {
      series = new Float64Array(buckets.cells.length);
      rates.set(name, series);
    }
    const { fromMs, toMs } = buckets.cells[index] as TimeSpan;
    series[index] = (series[index] as number) + 1000 / (toMs - fromMs);
  }
  return rates;
}

/** The calls of each bucket. */
export function callsByBucket(buckets: Buckets, calls: readonly Call[]): readonly (readonly Call[])[] {
  const groups: Call[][] = buckets.cells.map(() => []);
  for (const call of calls) {
    const index = bucketAt(buckets, call.sentMs);
    if (index !== undefined) groups[index]?.push(call);
  }
  return groups;
}
