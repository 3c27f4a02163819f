// Any numbers over time as lines: memory, descriptors, open streams.

import { POD_COLOURS, themed } from '../../../drawing/palette';
import type { SeriesFigure } from '../../figure';
import { BOTTOM_PX, gridAt, timeAxis, valueAxis } from '../axes';
import type { Drawing } from '../chart';
import type { LegendEntry } from '../legend';
import { shortName } from '../pod-names';
import { formatNumber } from '../quantity';
import { extent, scaleFromZero } from '../scale';
import type { ChartContext } from './chart-context';
import { frameTime, selectTime } from './time-frame';

const PLOT_PX = 200;

export function drawSeries(figure: SeriesFigure, { data, pods, width }: ChartContext): Drawing {
  const times = figure.series.flatMap(({ points }) => points.map(({ atMs }) => atMs));
  const { least, greatest } = extent(times);
  const span = figure.span ?? (least <= greatest ? { fromMs: least, toMs: greatest } : { fromMs: 0, toMs: 1000 });
  const selection = selectTime(data, { ...figure, span });
  const styles = new Map(pods.ordered(figure.series.map(({ name }) => name)).map((style) => [style.name, style]));
  const lines = figure.series.map(({ name, points }, index) => ({
    label: shortName(name),
    colour: lineColour(styles.get(name)?.colour, index),
    points: points.filter(({ atMs }) => atMs >= selection.span.fromMs && atMs <= selection.span.toMs),
  }));
  const highest = Math.max(0, extent(lines.flatMap(({ points }) => points.map(({ value }) => value))).greatest);
  const entries = lines.map(({ label, colour }): LegendEntry => ({ label, colour, sample: 'line' }));
  const frame = frameTime(selection, width, entries, figure.axis);
  const bottom = frame.top + PLOT_PX;
  return {
    width,
    height: bottom + BOTTOM_PX,
    description: `${figure.title}: ${lines.length} lines, up to ${formatNumber(highest)} (${figure.axis})`,
    option: {
      grid: gridAt(frame.left, frame.top, frame.plotWidth, PLOT_PX),
      xAxis: timeAxis(selection.seconds, frame.plotWidth),
      yAxis: valueAxis(scaleFromZero(highest)),
      graphic: [...frame.draw(bottom)],
      series: lines.map(({ colour, points }) => ({
        type: 'line' as const,
        symbol: 'none',
        silent: true,
        lineStyle: { width: 1.75, color: colour },
        data: points.map(({ atMs, value }) => [(atMs - selection.span.fromMs) / 1000, value]),
      })),
    },
  };
}

/** A pod's own colour; for names that are not pods of the run, the palette in turn. */
function lineColour(podColour: string | undefined, index: number): string {
  if (podColour !== undefined && podColour !== themed('mark')) return podColour;
  return POD_COLOURS[index % POD_COLOURS.length] as string;
}
