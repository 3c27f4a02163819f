// Calls per second over time, stacked by who answered: the picture that shows balance, or the lack of it.

import { themed } from '../../../drawing/palette';
import type { RateFigure } from '../../figure';
import { BOTTOM_PX, gridAt, timeAxis, valueAxis } from '../axes';
import { ratesBy, steps } from '../buckets';
import type { Drawing } from '../chart';
import type { LegendEntry } from '../legend';
import { formatNumber } from '../quantity';
import { scaleFromZero } from '../scale';
import type { ChartContext } from './chart-context';
import { frameTime, selectTime } from './time-frame';

const PLOT_PX = 220;
/** More pods than this share a legend entry: ten colours name no more. */
const MOST_NAMED = 10;
const FAILED = 'failed calls';

export function drawRate(figure: RateFigure, { data, pods, width }: ChartContext): Drawing {
  const selection = selectTime(data, figure);
  const { buckets, seconds } = selection;
  const field = figure.by ?? 'pod';
  const answered = ratesBy(buckets, selection.calls, (call) => {
    if (call.code !== 'OK') return undefined;
    return call[field] === '' ? undefined : call[field];
  });
  const failures = ratesBy(buckets, selection.calls, ({ code }) => (code === 'OK' ? undefined : FAILED));
  const named = new Set([...answered.keys(), ...(figure.pods ?? [])]);
  const layers = [
    ...pods.ordered(named).map(({ name, label, colour }) => {
      const rates = answered.get(name);
      return { label: rates === undefined ? `${label}: no call` : label, colour, rates };
    }),
    ...[...failures.values()].map((rates) => ({ label: FAILED, colour: themed('bad'), rates })),
  ];
  const totals = buckets.cells.map((_, index) => layers.reduce((sum, { rates }) => sum + (rates?.[index] ?? 0), 0));
  const frame = frameTime(selection, width, legendOf(layers), 'calls/s');
  const bottom = frame.top + PLOT_PX;
  return {
    width,
    height: bottom + BOTTOM_PX,
    description: describe(figure.title, layers.length, totals),
    option: {
      grid: gridAt(frame.left, frame.top, frame.plotWidth, PLOT_PX),
      xAxis: timeAxis(seconds, frame.plotWidth),
      yAxis: valueAxis(scaleFromZero(Math.max(figure.reaches ?? 0, ...totals))),
      graphic: [...frame.draw(bottom)],
      series: layers.map(({ colour, rates = new Float64Array(buckets.cells.length) }) => ({
        type: 'line' as const,
        stack: 'all',
        symbol: 'none',
        silent: true,
        // A thin line of paper keeps layers apart where colours alone might not.
        lineStyle: { width: 0.75, color: themed('paper') },
        areaStyle: { color: colour, opacity: 1 },
        data: [...steps(buckets, rates)],
      })),
    },
  };
}

function legendOf(layers: readonly { label: string; colour: string }[]): LegendEntry[] {
  const entries = layers.map(({ label, colour }): LegendEntry => ({ label, colour, sample: 'area' }));
  const named = entries.filter(({ label }) => label !== FAILED);
  if (named.length <= MOST_NAMED) return entries;
  return [
    ...named.slice(0, MOST_NAMED - 1),
    { label: `and ${named.length - MOST_NAMED + 1} more, colours repeat`, colour: themed('mark'), sample: 'area' },
    ...entries.filter(({ label }) => label === FAILED),
  ];
}

function describe(title: string, layers: number, totals: readonly number[]): string {
  return `${title}: stacked areas of ${layers} series, up to ${formatNumber(Math.max(...totals), 1)} calls per second`;
}
