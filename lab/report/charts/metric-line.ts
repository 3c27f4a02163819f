// The line of a metric as the autoscaler read it: each reading holds until the next one. It is broken where it could not be read: a line through a time without
// readings would suggest that there were some.
import { eventsOf, type RunEvent } from '../../records/event';
import type { TimeSpan } from '../../records/selection';

/** Who read a metric, nearest to the autoscaler first. */
const SOURCES = ['autoscaler', 'custom-metrics', 'prometheus', 'pods'] as const;
/** What reads it once a second misses some; the autoscaler itself reads every 15 s. */
const SILENCE_MS = 20_000;

type Point = readonly [seconds: number, value: number | null];

export interface MetricLine {
  /** Calls per second and pod, over seconds since the start of the span; a null is a break. */
  readonly points: readonly Point[];
  /** What each pod should have; undefined where no reading says it. */
  readonly target: number | undefined;
}

export function metricLine(events: readonly RunEvent[], metric: string, span: TimeSpan): MetricLine {
  const all = eventsOf(events, 'metric').filter(
    ({ subject, atMs }) => subject === metric && atMs >= span.fromMs && atMs <= span.toMs,
  );
  const readBy = (source: (typeof SOURCES)[number]) => all.filter(({ detail }) => detail?.source === source);
  // What the autoscaler itself saw; where there is none, what it would have been told.
  const readings = SOURCES.map(readBy).find((each) => each.length > 0) ?? [];
  // An autoscaler's readings are written down when they change, those of its source each time.
  const fed = readBy('custom-metrics');
  const seconds = (atMs: number) => (atMs - span.fromMs) / 1000;
  const readAtMs = (fed.length > 0 ? fed : readings).map(({ atMs }) => atMs);
  const heldAt = (atMs: number) => readings.findLast((reading) => reading.atMs <= atMs)?.detail?.value ?? null;
  const ends = [...lastBeforeSilences(readAtMs), ...readAtMs.slice(-1)];
  const points = [
    ...readings.map(({ atMs, detail }): Point => [seconds(atMs), detail?.value ?? 0]),
    ...ends
      .filter((atMs) => readings.every((reading) => reading.atMs !== atMs))
      .map((atMs): Point => [seconds(atMs), heldAt(atMs)]),
    ...lastBeforeSilences(readAtMs).map((atMs): Point => [seconds(atMs + 1), null]),
  ].sort(([left], [right]) => left - right);
  return { points, target: all.find(({ detail }) => detail?.target !== undefined)?.detail?.target };
}

/** The last reading before each long time without one. */
function lastBeforeSilences(readAtMs: readonly number[]): readonly number[] {
  return readAtMs.filter((atMs, index) => (readAtMs[index + 1] ?? atMs) - atMs > SILENCE_MS);
}
