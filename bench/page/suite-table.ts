// The tables of a suite: one per load, a row per subject, none left out because it lost.
import { code, plainText, table } from '../../lab/report/markdown';
import { type ComparedRow, compareRows } from '../comparison/compare-rows';
import type { BenchRecord, LoadFacts, SuiteFacts } from '../records/record';
import { amount, ratio } from './numbers';

export function suiteTable({ samples }: BenchRecord, suite: SuiteFacts, load: LoadFacts): readonly string[] {
  const isClosed = load.ratePerSecond === undefined;
  const nameOf = (id: string) => plainText(suite.rows.find((row) => row.id === id)?.label ?? id);
  const base = nameOf(suite.base);
  const head = [
    'row',
    `CPU per call ÷ ${base}`,
    'µs of CPU per call',
    ...(isClosed ? [`calls/s ÷ ${base}`, 'calls/s'] : ['p50 ms', 'p99 ms']),
    'memory MiB',
    'rounds',
  ];
  const cells = (row: ComparedRow) => [
    nameOf(row.id),
    row.id === suite.base ? '1' : ratio(row.cpuRatio),
    amount(row.cpuUs),
    ...(isClosed
      ? [row.id === suite.base ? '1' : ratio(row.callsPerSecondRatio), amount(row.callsPerSecond)]
      : [amount(row.p50Ms), amount(row.p99Ms)]),
    amount(row.memoryMib),
    [
      `${row.rounds}`,
      ...(row.dropped > 0 ? [`${row.dropped} dropped`] : []),
      ...(row.behind > 0 ? [`${row.behind} behind the asked rate`] : []),
      ...(row.failed > 0 ? [`${row.failed} failed calls`] : []),
    ].join(', '),
  ];
  return [`**${load.label}**`, '', ...table(head, compareRows(suite, load.id, samples).map(cells))];
}

/** What each row is, and which rows could not be had. */
export function rowList({ rows, skipped }: SuiteFacts): readonly string[] {
  return [
    ...table(
      ['row', 'what it is'],
      [
        ...rows.map(({ label, detail }) => [plainText(label), plainText(detail)]),
        ...skipped.map(({ label, reason }) => [
          plainText(label),
          `skipped: ${code(reason.replace(/\s+/g, ' ').slice(0, 120))}`,
        ]),
      ],
    ),
  ];
}
