// One number per variant as a bar with its interval, what theory expects as a tick, and the threshold as a line.

import { themed } from '../../../drawing/palette';
import type { BarsFigure } from '../../figure';
import { gridAt, rowAxis } from '../axes';
import type { Drawing } from '../chart';
import { boxAt, type Element, lineBetween, textAt } from '../elements';
import { type LegendEntry, layOutLegend } from '../legend';
import { axisUnit, formatQuantity } from '../quantity';
import { layOutRows } from '../row-layout';
import { logScale, scaleFromZero } from '../scale';
import type { ChartContext } from './chart-context';
import { drawLimit } from './limit-line';

const BAR_PX = 30;
const HEAD_PX = 24;
const NUMBER_PX = 96;

export function drawBars(figure: BarsFigure, { width }: ChartContext): Drawing {
  const { bars, unit, limit, isLogarithmic = false } = figure;
  const { factor } = axisUnit(unit);
  const values = bars.flatMap(({ value, interval, expected }) => [value, interval?.high ?? value, expected ?? value]);
  const all = [...values, ...(limit === undefined ? [] : [limit.value])].map((value) => value * factor);
  const { min, max } = isLogarithmic
    ? logScale(Math.min(...all.filter((value) => value > 0)), Math.max(...all))
    : scaleFromZero(Math.max(...all), 10);
  const rows = layOutRows(
    bars.map(({ label }) => label),
    width,
    BAR_PX,
  );
  const { left } = rows;
  const plotWidth = width - left - NUMBER_PX;
  const part = (value: number) => {
    const shown = value * factor;
    if (!isLogarithmic) return shown / max;
    return shown <= min ? 0 : Math.log(shown / min) / Math.log(max / min);
  };
  const xOf = (value: number) => left + Math.min(1, Math.max(0, part(value))) * plotWidth;
  const entries: LegendEntry[] = [
    ...(bars.some(({ interval }) => interval !== undefined)
      ? [{ label: 'interval', colour: themed('ink'), sample: 'line' as const }]
      : []),
    ...(bars.some(({ expected }) => expected !== undefined)
      ? [{ label: 'theory', colour: themed('second'), sample: 'dashed' as const }]
      : []),
  ];
  const legend = layOutLegend(entries, width);
  const top = legend.height + (limit === undefined ? 6 : HEAD_PX);
  const bottom = top + bars.length * rows.rowPx;
  return {
    width,
    height: bottom + 6,
    description: `${figure.title}: ${bars.map(({ label, value }) => `${label} ${formatQuantity(value, unit)}`).join(', ')}`,
    option: {
      grid: gridAt(left, top, plotWidth, bottom - top),
      xAxis: { type: 'value', min: 0, max: 1, show: false },
      yAxis: rowAxis(bars.length * rows.rowPx),
      graphic: [
        ...legend.elements,
        ...rows.names(top),
        ...bars.flatMap((bar, index) =>
          decorate(bar, top + index * rows.rowPx + rows.middlePx, xOf, formatQuantity(bar.value, unit)),
        ),
        ...(limit === undefined ? [] : drawLimit(limit.label, xOf(limit.value), { top, bottom, width })),
      ],
      series: [],
    },
  };
}

function decorate(
  { value, interval, expected }: BarsFigure['bars'][number],
  y: number,
  xOf: (value: number) => number,
  number: string,
): Element[] {
  const whisker = { colour: themed('ink'), width: 1.5, z: 25 };
  const ends = interval === undefined ? [] : [xOf(interval.low), xOf(interval.high)];
  const [low, high] = ends;
  const end = Math.max(xOf(value), ...ends, expected === undefined ? 0 : xOf(expected));
  return [
    boxAt(xOf(0), y - 8, xOf(value) - xOf(0), 16, themed('first'), 15),
    ...(low === undefined || high === undefined
      ? []
      : [
          lineBetween(low, y, high, y, whisker),
          lineBetween(low, y - 4, low, y + 4, whisker),
          lineBetween(high, y - 4, high, y + 4, whisker),
        ]),
    ...(expected === undefined
      ? []
      : [
          lineBetween(xOf(expected), y - 10, xOf(expected), y + 10, {
            colour: themed('second'),
            width: 2.5,
            dash: [4, 2],
            z: 26,
          }),
        ]),
    textAt(end + 8, y, number, { colour: themed('ink') }),
  ];
}
