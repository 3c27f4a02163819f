// How a run ended, as lines for a terminal.
import type { ClaimResult } from '../records/claim';
import type { Verdict } from '../records/verdict';
import { formatQuantity, formatThreshold } from '../report/quantity';
import { isAsItShouldBe, verdictText } from '../report/verdict-parts';

/** The verdict and its claims; ends with a line end. */
export function renderVerdict(verdict: Verdict, folder: string): string {
  const { experiment, backend, quick, mutation, claims } = verdict;
  const sign = isAsItShouldBe(verdict) ? '✓' : '✗';
  const how = [
    `on ${backend}`,
    ...(quick ? ['quick'] : []),
    ...(mutation === undefined ? [] : [`broken: ${mutation.replace(/\.$/, '')}`]),
  ];
  const head = `${sign} ${experiment} (${how.join(', ')}): ${verdictText(verdict)}`;
  const width = Math.max(0, ...claims.map(({ id }) => id.length));
  return [head, ...claims.map((claim) => `    ${claimLine(claim, width)}`), `    ${folder}`, ''].join('\n');
}

function claimLine({ id, threshold, unit, measured, detail, pass }: ClaimResult, width: number): string {
  const sign = 'reported' in threshold && pass ? '·' : pass ? '✓' : '✗';
  const wanted = 'reported' in threshold ? '' : ` (${formatThreshold(threshold, unit)})`;
  const text = `${sign} ${id.padEnd(width)}  ${formatQuantity(measured, unit)}${wanted}`;
  return (detail === undefined ? text : `${text}  ${detail}`).replaceAll('\u00a0', ' ');
}
