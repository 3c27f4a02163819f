// Whether the resources of processes stay flat: the trend of each process over the run, and the steepest one. Garbage
// collection makes memory rise and fall, so the trend uses peaks: the highest reading of each short part of the run.
import type { SeriesFigure, SeriesPoint } from '../figure';
import type { Claim, MeasuredClaim, Measurement } from '../records/claim';
import { type EventDetails, eventsOf, type RunEvent } from '../records/event';
import type { Interval } from '../statistics/interval';
import { type Point, theilSenTrend } from '../statistics/theil-sen';

export type Use = EventDetails['resources'];
/** Picks what is looked at; undefined where the backend cannot see it. */
export type UseField = (use: Use) => number | undefined;

export const residentMegabytes: UseField = ({ residentBytes }) => residentBytes / 1e6;
export const openDescriptors: UseField = ({ openDescriptors }) => openDescriptors;

/** Long enough for a peak between two collections. */
const PEAK_MS = 20_000;
/** Fewer peaks than this show no trend. */
const LEAST_PEAKS = 3;
const MINUTE_MS = 60_000;

/** One series per process that was read, from `fromMs` on. */
export function useSeries(events: readonly RunEvent[], field: UseField, fromMs = 0): SeriesFigure['series'] {
  const series = new Map<string, { atMs: number; value: number }[]>();
  for (const { subject = '', atMs, detail } of eventsOf(events, 'resources')) {
    const value = detail === undefined ? undefined : field(detail);
    if (value === undefined || atMs < fromMs) continue;
    series.set(subject, [...(series.get(subject) ?? []), { atMs, value }]);
  }
  return [...series].map(([name, points]) => ({ name, points }));
}

/** What was recorded, and since when it is judged. */
export interface RecordedUse {
  readonly events: readonly RunEvent[];
  readonly fromMs: number;
}

/** The claim about the field's steepest trend. */
export function trendOf<F>(claim: Claim, field: UseField, of: (facts: F) => RecordedUse): MeasuredClaim<F> {
  return { ...claim, measure: (facts) => measureTrend(of(facts), field) };
}

/** The steepest rise per minute of all processes that were read long enough; not measured when there is none. */
function measureTrend({ events, fromMs }: RecordedUse, field: UseField): Measurement {
  let steepest: { readonly name: string; readonly slope: Interval } | undefined;
  const series = useSeries(events, field, fromMs).map(({ name, points }) => ({ name, peaks: peaksOf(points, fromMs) }));
  const long = series.filter(({ peaks }) => peaks.length >= LEAST_PEAKS);
  for (const { name, peaks } of long) {
    const { slope } = theilSenTrend(peaks);
    if (steepest === undefined || slope.estimate > steepest.slope.estimate) steepest = { name, slope };
  }
  if (steepest === undefined) return { value: null, detail: 'no process was read long enough' };
  const { low, high, estimate } = steepest.slope;
  const detail = long.length === 1 ? steepest.name : `${steepest.name}, of ${long.length} processes`;
  return { value: estimate, interval: { low, high }, detail };
}

/** The highest value of each part of the run, by the minute in which the part begins. */
function peaksOf(points: readonly SeriesPoint[], fromMs: number): readonly Point[] {
  const peaks = new Map<number, number>();
  for (const { atMs, value } of points) {
    const part = Math.floor((atMs - fromMs) / PEAK_MS);
    peaks.set(part, Math.max(peaks.get(part) ?? Number.NEGATIVE_INFINITY, value));
  }
  return [...peaks].map(([part, y]) => ({ x: (part * PEAK_MS) / MINUTE_MS, y }));
}
