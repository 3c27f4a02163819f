// Whether what processes use is flat: the trend of each over the run, and the steepest of them.
import type { Measurement } from '../../records/claim';
import { type EventDetails, eventsOf, type RunEvent } from '../../records/event';
import type { SeriesFigure } from '../../report/figure';
import type { Interval } from '../../statistics/interval';
import { theilSenTrend } from '../../statistics/theil-sen';

export type Use = EventDetails['resources'];
/** Picks what is looked at; undefined where the backend cannot see it. */
export type UseField = (use: Use) => number | undefined;

export const residentMegabytes: UseField = ({ residentBytes }) => residentBytes / 1e6;
export const openDescriptors: UseField = ({ openDescriptors }) => openDescriptors;

/** Fewer readings than this show no trend. */
const LEAST_READINGS = 10;
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

/** The steepest rise per minute of all processes with enough readings; not measured when there is none. */
export function measureTrend(events: readonly RunEvent[], field: UseField, fromMs: number): Measurement {
  let steepest: { readonly name: string; readonly slope: Interval } | undefined;
  const series = useSeries(events, field, fromMs).filter(({ points }) => points.length >= LEAST_READINGS);
  for (const { name, points } of series) {
    const { slope } = theilSenTrend(points.map(({ atMs, value }) => ({ x: (atMs - fromMs) / MINUTE_MS, y: value })));
    if (steepest === undefined || slope.estimate > steepest.slope.estimate) steepest = { name, slope };
  }
  if (steepest === undefined) return { value: null, detail: 'no process was read often enough' };
  const { low, high, estimate } = steepest.slope;
  return { value: estimate, interval: { low, high }, detail: `${steepest.name}, of ${series.length} processes` };
}
