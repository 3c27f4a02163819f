// A row's CPU time beside the base's as a dot with its interval, and the control's interval as a band: what lies within the
// band is noise.

import { themed } from '../../drawing/palette';
import { renderChartFile } from '../../lab/report/chart';
import { boxAt, lineBetween, textAt } from '../../lab/report/elements';
import { layOutRows } from '../../lab/report/row-layout';
import { type ComparedRow, compareRows } from '../comparison/compare-rows';
import type { BenchRecord, LoadFacts, SuiteFacts } from '../records/record';
import { ratio } from './numbers';

const WIDTH = 720;
const ROW_PX = 28;
const HEAD_PX = 34;
const NUMBER_PX = 150;

/** The whole SVG file; the same for the same record. */
export function ratioFigure({ samples }: BenchRecord, suite: SuiteFacts, load: LoadFacts): string {
  const compared = compareRows(suite, load.id, samples).filter(({ cpuRatio, id }) => cpuRatio && id !== suite.base);
  const label = (id: string) => suite.rows.find((row) => row.id === id)?.label ?? id;
  const rows = layOutRows(
    compared.map(({ id }) => label(id)),
    WIDTH,
    ROW_PX,
  );
  const { left } = rows;
  const plotWidth = WIDTH - left - NUMBER_PX;
  const most = Math.max(1.5, ...compared.map(({ cpuRatio }) => cpuRatio?.high ?? 0));
  const x = (value: number) => left + (Math.min(value, most) / most) * plotWidth;
  const bottom = HEAD_PX + compared.length * rows.rowPx;
  const noise = compared.find(({ id }) => id === suite.control)?.cpuRatio;
  const title = `CPU time per call ÷ ${label(suite.base)}, ${load.label}`;
  const mark = ({ cpuRatio }: ComparedRow, index: number) => {
    if (cpuRatio === undefined) return [];
    const y = HEAD_PX + index * rows.rowPx + rows.middlePx;
    const ink = { colour: themed('ink'), width: 1.5, z: 25 };
    return [
      lineBetween(x(cpuRatio.low), y, x(cpuRatio.high), y, ink),
      lineBetween(x(cpuRatio.low), y - 4, x(cpuRatio.low), y + 4, ink),
      lineBetween(x(cpuRatio.high), y - 4, x(cpuRatio.high), y + 4, ink),
      boxAt(x(cpuRatio.estimate) - 4, y - 4, 8, 8, themed('first'), 30),
      textAt(left + plotWidth + 12, y, ratio(cpuRatio), { colour: themed('ink') }),
    ];
  };
  return renderChartFile(
    {
      width: WIDTH,
      height: bottom + 8,
      description: `${title}: ${compared.map(({ id, cpuRatio }) => `${label(id)} ${ratio(cpuRatio)}`).join(', ')}`,
      option: {
        graphic: [
          textAt(2, 10, title, { colour: themed('ink'), isBold: true }),
          ...(noise === undefined
            ? []
            : [boxAt(x(noise.low), HEAD_PX, x(noise.high) - x(noise.low), bottom - HEAD_PX, themed('rule'), 5)]),
          lineBetween(x(1), HEAD_PX - 6, x(1), bottom, { colour: themed('mark'), dash: [5, 3] }),
          ...rows.names(HEAD_PX),
          ...compared.flatMap(mark),
        ],
        series: [],
      },
    },
    `bench-${suite.id}`,
  );
}
