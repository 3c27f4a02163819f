// The share of each pod as a bar, with the fair share as a line: one panel per group, for before and after or policies.

import { themed } from '../../../drawing/palette';
import type { ShareFigure, ShareGroup } from '../../figure';
import type { Call } from '../../records/call';
import { answersBy, ofLoad, sentWithin } from '../../records/selection';
import { gridAt, nameAxis } from '../axes';
import type { Drawing } from '../chart';
import { type Element, lineBetween, textAt, textWidth } from '../elements';
import type { PodStyle } from '../pod-names';
import { formatNumber } from '../quantity';
import { scaleFromZero } from '../scale';
import type { ChartContext } from './chart-context';

const BAR_PX = 22;
const MANY_BARS_PX = 15;
const HEAD_PX = 26;
const GAP_PX = 18;
/** Room right of the longest bar for its number. */
const NUMBER_PX = 118;

interface Panel {
  readonly label: string;
  readonly styles: readonly PodStyle[];
  readonly counts: readonly number[];
  readonly total: number;
}

export function drawShare(figure: ShareFigure, { data, pods, width }: ChartContext): Drawing {
  const groups = figure.groups ?? [{ label: '' }];
  const panels = groups.map((group): Panel => {
    const counts = answersBy(select(data.calls, group), figure.by, group.pods ?? []);
    const styles = pods.ordered(counts.keys());
    const ordered = styles.map(({ name }) => counts.get(name) ?? 0);
    return { label: group.label, styles, counts: ordered, total: ordered.reduce((sum, count) => sum + count, 0) };
  });
  const labels = panels.flatMap(({ styles }) => styles.map(({ label }) => textWidth(label)));
  const left = Math.min(Math.ceil(Math.max(40, ...labels)) + 12, width * 0.4);
  const plotWidth = width - left - NUMBER_PX;
  const shares = panels.flatMap(({ counts, total }) => counts.map((count) => count / Math.max(total, 1)));
  const { max } = scaleFromZero(Math.max(...shares, 1e-3), 10);
  const elements: Element[] = [];
  let top = 0;
  const grids = panels.map(({ label, styles, counts, total }) => {
    const barPx = styles.length > 12 ? MANY_BARS_PX : BAR_PX;
    const height = Math.max(styles.length, 1) * barPx;
    const plotTop = top + HEAD_PX;
    const fairX = left + (1 / Math.max(styles.length, 1) / max) * plotWidth;
    const fairText = `fair share ${formatShare(1 / Math.max(styles.length, 1))}`;
    const isRight = fairX + textWidth(fairText, 11) > width;
    elements.push(
      textAt(0, top + 10, label, { colour: themed('ink'), isBold: true }),
      lineBetween(fairX, plotTop - 2, fairX, plotTop + height, { colour: themed('ink'), dash: [4, 3], z: 30 }),
      // Where the name of the group would meet it, the name of the line gives way to the other side.
      textAt(isRight ? fairX - 4 : fairX + 4, top + 10, fairText, { size: 11, align: isRight ? 'right' : 'left' }),
      ...counts.map((count, index) =>
        textAt(
          left + (count / Math.max(total, 1) / max) * plotWidth + 6,
          plotTop + (index + 0.5) * barPx,
          `${formatShare(count / Math.max(total, 1))}  (${formatNumber(count, 0)})`,
          { colour: themed('ink'), size: barPx < BAR_PX ? 11 : 12, hasRim: true },
        ),
      ),
    );
    top = plotTop + height + GAP_PX;
    return gridAt(left, plotTop, plotWidth, height);
  });
  return {
    width,
    height: top - GAP_PX + 4,
    description: `${figure.title}: shares from ${formatShare(Math.min(...shares))} to ${formatShare(Math.max(...shares))}`,
    option: {
      grid: grids,
      xAxis: grids.map((_, gridIndex) => ({ type: 'value' as const, gridIndex, min: 0, max, show: false })),
      yAxis: panels.map(({ styles }, gridIndex) =>
        nameAxis(
          styles.map(({ label }) => label),
          gridIndex,
        ),
      ),
      graphic: elements,
      series: panels.map(({ styles, counts, total }, index) => ({
        type: 'bar' as const,
        xAxisIndex: index,
        yAxisIndex: index,
        barWidth: '66%',
        silent: true,
        data: counts.map((count, bar) => ({
          value: count / Math.max(total, 1),
          itemStyle: { color: styles[bar]?.colour ?? themed('mark') },
        })),
      })),
    },
  };
}

/** One decimal, always: numbers that stand below each other are compared. */
function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function select(calls: readonly Call[], { loads, span }: ShareGroup): readonly Call[] {
  const within = span === undefined ? calls : sentWithin(calls, span);
  return loads === undefined ? within : ofLoad(within, ...loads);
}
