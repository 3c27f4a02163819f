// A comparison as a table for a terminal.
import type { ClaimResult } from '../records/claim';
import type { Change, ComparedClaim } from './comparison';
import { formatNumber, formatQuantity } from './quantity';

const HEAD = ['', 'claim', 'left', 'right', 'difference', 'ratio'] as const;
const CHANGES: Readonly<Record<Change, string>> = {
  same: '',
  mended: 'mended',
  broken: 'BROKEN',
  'left-only': 'left only',
  'right-only': 'right only',
};

/** One block per experiment and backend; columns lined up, no line ends in a space. */
export function renderComparison(claims: readonly ComparedClaim[]): string {
  const rows = claims.map((claim) => cellsOf(claim));
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const lines: string[] = [];
  let block = '';
  for (const [index, claim] of claims.entries()) {
    const title = `${claim.experiment} on ${claim.backend}${claim.haveEqualSizes ? '' : ' (sizes differ)'}`;
    if (title !== block) lines.push(...(block === '' ? [] : ['']), title, line(HEAD));
    block = title;
    lines.push(line(rows[index] as readonly string[]));
  }
  return lines.map((text) => `${text}\n`).join('');
}

function cellsOf({ id, unit, left, right, difference, ratio, change }: ComparedClaim): readonly string[] {
  return [
    CHANGES[change],
    id,
    side(left),
    side(right),
    difference === undefined ? '' : `${difference > 0 ? '+' : ''}${formatQuantity(difference, unit)}`,
    ratio === undefined ? '' : `${formatNumber(ratio, 3)}×`,
  ];
}

function side(claim: ClaimResult | undefined): string {
  if (claim === undefined) return '';
  return `${formatQuantity(claim.measured, claim.unit)} ${claim.pass ? '✓' : '✗'}`;
}
