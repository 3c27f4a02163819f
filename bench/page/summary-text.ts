// The result on a terminal.
import { compareRows } from '../comparison/compare-rows';
import type { BenchRecord } from '../records/record';
import { amount, ratio } from './numbers';

export function summaryText({ suites, samples }: BenchRecord): string {
  const lines = suites
    .filter(({ isLadder }) => !isLadder)
    .flatMap((suite) =>
      suite.loads.flatMap((load) => {
        const rows = compareRows(suite, load.id, samples).map((row) => [
          row.id,
          ratio(row.cpuRatio),
          `${amount(row.cpuUs)} µs/call`,
          `${amount(row.callsPerSecond)}/s`,
          `p50 ${amount(row.p50Ms)} ms`,
          `p99 ${amount(row.p99Ms)} ms`,
          `${row.rounds} rounds${row.dropped > 0 ? `, ${row.dropped} dropped` : ''}`,
        ]);
        return [`${suite.id}, ${load.label}; CPU per call ÷ ${suite.base}:`, ...aligned(rows), ''];
      }),
    );
  return `${lines.join('\n')}`;
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
  );
}
