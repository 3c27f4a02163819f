// Every single measurement as a dot, the median as a tick, the threshold as a line: nothing hides behind an average.

import { themed } from '../../../drawing/palette';
import type { DotsFigure } from '../../figure';
import { median } from '../../statistics/percentile';
import { BOTTOM_PX, gridAt, rowAxis } from '../axes';
import type { Drawing } from '../chart';
import { lineBetween } from '../elements';
import { layOutLegend } from '../legend';
import { axisUnit, formatNumber, formatQuantity } from '../quantity';
import { layOutRows } from '../row-layout';
import { extent, scaleFromZero } from '../scale';
import type { ChartContext } from './chart-context';
import { drawLimit } from './limit-line';

const ROW_PX = 44;
const HEAD_PX = 24;
const RIGHT_PX = 28;
/** How far dots of a row stray from its middle, so that equal values stay visible. */
const STRAY_PX = 13;
/** Multiples of it, cut to fractions, fill any interval evenly and never repeat. */
const GOLDEN_RATIO = 0.618034;

export function drawDots(figure: DotsFigure, { width }: ChartContext): Drawing {
  const { groups, unit, limit } = figure;
  const { factor, suffix } = axisUnit(unit);
  const values = groups.flatMap((group) => group.values);
  const { max, step } = scaleFromZero(
    Math.max(extent(values).greatest, limit?.value ?? 0) * factor,
    width < 500 ? 4 : 8,
  );
  const rows = layOutRows(
    groups.map(({ label }) => label),
    width,
    ROW_PX,
  );
  const { left } = rows;
  const plotWidth = width - left - RIGHT_PX;
  const xOf = (value: number) => left + ((value * factor) / max) * plotWidth;
  const legend = layOutLegend(
    [
      { label: 'one measurement', colour: themed('first'), sample: 'area' },
      { label: 'median', colour: themed('ink'), sample: 'line' },
    ],
    width,
  );
  const top = legend.height + (limit === undefined ? 6 : HEAD_PX);
  const bottom = top + groups.length * rows.rowPx;
  const medians = groups.flatMap(({ values: sample }, row) => {
    const x = xOf(median(sample));
    const y = top + row * rows.rowPx + rows.middlePx;
    return sample.length === 0 ? [] : [lineBetween(x, y - 14, x, y + 14, { colour: themed('ink'), width: 2, z: 25 })];
  });
  return {
    width,
    height: bottom + BOTTOM_PX,
    description: `${figure.title}: ${groups
      .map(
        ({ label, values: sample }) =>
          `${label} ${sample.length} values, median ${formatQuantity(median(sample), unit)}`,
      )
      .join('; ')}`,
    option: {
      grid: gridAt(left, top, plotWidth, bottom - top),
      xAxis: {
        type: 'value',
        min: 0,
        max,
        interval: step,
        position: 'bottom',
        axisLine: { show: true, onZero: false, lineStyle: { color: themed('mark') } },
        axisTick: { show: true, length: 4, lineStyle: { color: themed('mark') } },
        splitLine: { show: true, lineStyle: { color: themed('rule') } },
        axisLabel: {
          color: themed('quiet'),
          fontSize: 12,
          fontFamily: 'inherit',
          alignMinLabel: left < RIGHT_PX ? 'left' : 'center',
          formatter: (value: number) => `${formatNumber(value, 3)} ${suffix}`.trim(),
        },
      },
      yAxis: rowAxis(groups.length * rows.rowPx),
      graphic: [
        ...legend.elements,
        ...rows.names(top),
        ...medians,
        ...(limit === undefined ? [] : drawLimit(limit.label, xOf(limit.value), { top, bottom, width })),
      ],
      series: [
        {
          type: 'scatter',
          symbolSize: 8,
          silent: true,
          itemStyle: { color: themed('first'), opacity: 0.7, borderColor: themed('paper'), borderWidth: 0.5 },
          data: groups.flatMap(({ values: sample }, row) =>
            sample.map((value, index) => [
              value * factor,
              row * rows.rowPx + rows.middlePx + STRAY_PX * strayOf(index),
            ]),
          ),
        },
      ],
    },
  };
}

/** From −1 to 1, never twice the same. */
function strayOf(index: number): number {
  return ((index * GOLDEN_RATIO) % 1) * 2 - 1;
}
