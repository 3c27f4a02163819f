// Cause above, effect below: offered load, or the metric that an autoscaler reads with its target, and the pods that
// were wanted and ready. Both panels share one time axis.

import { themed } from '../../../drawing/palette';
import type { ReplicasFigure } from '../../figure';
import { eventsOf } from '../../records/event';
import { BOTTOM_PX, gridAt, timeAxis, valueAxis } from '../axes';
import { steps as bucketSteps, ratesBy } from '../buckets';
import type { Drawing } from '../chart';
import { textAt } from '../elements';
import type { LegendEntry } from '../legend';
import { formatNumber } from '../quantity';
import { countScale, extent, scaleFromZero } from '../scale';
import type { ChartContext } from './chart-context';
import { type MetricLine, metricLine } from './metric-line';
import { frameTime, selectTime, type TimeSelection } from './time-frame';

const UPPER_PX = 120;
const LOWER_PX = 120;
const BETWEEN_PX = 40;
const DOT = { symbol: 'circle', symbolSize: 5, itemStyle: { color: themed('ink') } };

type Points = readonly (readonly [seconds: number, value: number])[];

export function drawReplicas(figure: ReplicasFigure, { data, width }: ChartContext): Drawing {
  const selection = selectTime(data, figure);
  const { seconds } = selection;
  const replicas = eventsOf(data.events, 'replicas').filter(({ subject }) => subject === figure.tier);
  const wanted = steps(
    selection,
    replicas.map(({ atMs, detail }) => [atMs, detail?.desired ?? 0]),
  );
  const ready = steps(
    selection,
    replicas.map(({ atMs, detail }) => [atMs, detail?.ready ?? 0]),
  );
  const { name, points, target } = cause(figure, selection, data.events);
  const entries: LegendEntry[] = [
    { label: 'pods wanted', colour: themed('second'), sample: 'dashed' },
    { label: 'pods ready', colour: themed('first'), sample: 'line' },
    ...(target === undefined ? [] : [{ label: 'target per pod', colour: themed('quiet'), sample: 'dashed' as const }]),
  ];
  const frame = frameTime(selection, width, entries, name);
  const lowerTop = frame.top + UPPER_PX + BETWEEN_PX;
  const bottom = lowerTop + LOWER_PX;
  const most = Math.max(...[...wanted, ...ready].map(([, value]) => value), 1);
  const line = (data: MetricLine['points'], colour: string, isDashed: boolean, panel: 0 | 1) => ({
    type: 'line' as const,
    xAxisIndex: panel,
    yAxisIndex: panel,
    symbol: 'none',
    silent: true,
    step: 'end' as const,
    lineStyle: { width: 1.75, color: colour, type: isDashed ? [4, 3] : ('solid' as const) },
    data: data.map((point, index) => (isAlone(data, index) ? { value: [...point], ...DOT } : [...point])),
  });
  return {
    width,
    height: bottom + BOTTOM_PX,
    description: `${figure.title}: up to ${formatNumber(most, 0)} pods`,
    option: {
      grid: [
        gridAt(frame.left, frame.top, frame.plotWidth, UPPER_PX),
        gridAt(frame.left, lowerTop, frame.plotWidth, LOWER_PX),
      ],
      xAxis: [timeAxis(seconds, frame.plotWidth, 0, false), timeAxis(seconds, frame.plotWidth, 1)],
      yAxis: [
        valueAxis(scaleFromZero(Math.max(extent(points.map(([, value]) => value ?? 0)).greatest, target ?? 0), 4), 0),
        valueAxis(countScale(most, 4), 1),
      ],
      graphic: [...frame.draw(bottom), textAt(0, lowerTop - 19, 'pods', { hasRim: true })],
      series: [
        { ...line(points, themed('ink'), false, 0), areaStyle: { color: themed('mark'), opacity: 0.18 } },
        ...(target === undefined
          ? []
          : [
              line(
                [
                  [0, target],
                  [seconds, target],
                ],
                themed('quiet'),
                true,
                0,
              ),
            ]),
        line(wanted, themed('second'), true, 1),
        line(ready, themed('first'), false, 1),
      ],
    },
  };
}

/** A reading between two breaks makes no line. */
function isAlone(data: MetricLine['points'], index: number): boolean {
  return data.length > 1 && [index - 1, index + 1].every((at) => typeof data[at]?.[1] !== 'number');
}

/** What the upper panel shows. */
function cause(
  { metric }: ReplicasFigure,
  selection: TimeSelection,
  events: Parameters<typeof eventsOf>[0],
): MetricLine & { readonly name: string } {
  const { buckets, calls, span } = selection;
  if (metric === undefined) {
    const rates = ratesBy(buckets, calls, () => 'all').get('all') ?? new Float64Array(buckets.cells.length);
    const points = bucketSteps(buckets, rates).map(([at, rate]) => [at, rate === '-' ? null : rate] as const);
    return { name: 'calls/s', points, target: undefined };
  }
  return { name: metric, ...metricLine(events, metric, span) };
}

/** Values that hold until the next one, cut to the span: the last one before it counts from its start. */
function steps({ span, seconds }: TimeSelection, changes: readonly (readonly [atMs: number, value: number])[]): Points {
  const points: [number, number][] = [];
  for (const [atMs, value] of changes) {
    if (atMs > span.toMs) break;
    if (atMs <= span.fromMs) points[0] = [0, value];
    else points.push([(atMs - span.fromMs) / 1000, value]);
  }
  const last = points.at(-1);
  return last === undefined ? points : [...points, [seconds, last[1]]];
}
