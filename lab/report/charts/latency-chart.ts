// Latency over time on a logarithmic axis: the typical call, the slowest in a hundred, and when calls failed.

import { themed } from '../../../drawing/palette';
import type { LatencyFigure } from '../../figure';
import { percentileOfSorted, sorted } from '../../statistics/percentile';
import { BOTTOM_PX, gridAt, logAxis, timeAxis } from '../axes';
import { callsByBucket, middleSeconds, steps } from '../buckets';
import type { Drawing } from '../chart';
import type { LegendEntry } from '../legend';
import { formatNumber } from '../quantity';
import { logScale } from '../scale';
import type { ChartContext } from './chart-context';
import { frameTime, selectTime } from './time-frame';

const PLOT_PX = 200;

export function drawLatency(figure: LatencyFigure, { data, width }: ChartContext): Drawing {
  const selection = selectTime(data, figure);
  const { buckets, seconds } = selection;
  const groups = callsByBucket(buckets, selection.calls);
  const latencies = groups.map((calls) =>
    sorted(calls.filter(({ code }) => code === 'OK').map((call) => call.latencyMs)),
  );
  const at = (p: number) => latencies.map((sample) => percentileOfSorted(sample, p));
  const [typical, slow] = [at(50), at(99)];
  const failures = groups.map((calls) => calls.filter(({ code }) => code !== 'OK').length);
  const failed = failures.reduce((sum, count) => sum + count, 0);
  const seen = [...typical, ...slow].filter((value) => value > 0);
  const scale = logScale(Math.min(...seen), Math.max(...seen));
  const entries: LegendEntry[] = [
    { label: 'p50', colour: themed('first'), sample: 'line' },
    { label: 'p99', colour: themed('second'), sample: 'dashed' },
    ...(failed > 0 ? [{ label: `failed calls (${failed})`, colour: themed('bad'), sample: 'cross' as const }] : []),
  ];
  const frame = frameTime(selection, width, entries, 'ms');
  const bottom = frame.top + PLOT_PX;
  const line = (values: readonly number[], colour: string, dash: 'solid' | [number, number]) => ({
    type: 'line' as const,
    symbol: 'none',
    silent: true,
    connectNulls: false,
    lineStyle: { width: 1.75, color: colour, type: dash },
    data: [...steps(buckets, values)],
  });
  return {
    width,
    height: bottom + BOTTOM_PX,
    description: `${figure.title}: p50 up to ${formatNumber(Math.max(...seen.slice(0, typical.length)))} ms, ${failed} failed calls`,
    option: {
      grid: gridAt(frame.left, frame.top, frame.plotWidth, PLOT_PX),
      xAxis: timeAxis(seconds, frame.plotWidth),
      yAxis: logAxis(scale),
      graphic: [...frame.draw(bottom)],
      series: [
        line(slow, themed('second'), [4, 3]),
        line(typical, themed('first'), 'solid'),
        {
          type: 'scatter' as const,
          symbol: 'path://M1,0 L5,4 L9,0 L10,1 L6,5 L10,9 L9,10 L5,6 L1,10 L0,9 L4,5 L0,1 Z',
          symbolSize: 9,
          silent: true,
          itemStyle: { color: themed('bad'), opacity: 1 },
          data: failures.flatMap((count, index) => (count > 0 ? [[middleSeconds(buckets, index), scale.max]] : [])),
        },
      ],
    },
  };
}
