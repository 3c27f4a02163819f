// The verdict as a badge and as a table of claims.
import type { ClaimResult } from '../records/claim';
import type { Verdict } from '../records/verdict';
import { type Html, html } from './html';
import { formatInterval, formatQuantity, formatThreshold } from './quantity';

export function verdictText({ claims, pass, mutation }: Verdict): string {
  const broken = claims.filter((claim) => !claim.pass).length;
  if (mutation !== undefined)
    return pass ? 'Every claim holds, although broken' : `${broken} of ${claims.length} claims fail, as they must`;
  if (pass)
    return claims.length <= 2
      ? (['The claim holds', 'Both claims hold'][claims.length - 1] as string)
      : `All ${claims.length} claims hold`;
  return claims.length === 0
    ? 'Nothing was claimed'
    : `${broken} of ${claims.length} claims ${broken === 1 ? 'does' : 'do'} not hold`;
}

/** Whether the run is what it should be: an honest one passes, a broken one fails. */
export function isAsItShouldBe({ pass, mutation }: Verdict): boolean {
  return mutation === undefined ? pass : !pass;
}

export function verdictBadge(verdict: Verdict): Html {
  const isGood = isAsItShouldBe(verdict);
  return html`<span class="badge ${isGood ? 'good' : 'bad'}">${isGood ? '✓' : '✗'} ${verdictText(verdict)}</span>`;
}

export function claimTable(claims: readonly ClaimResult[]): Html {
  return html`<table class="stack">
<thead><tr><th></th><th>Claim</th><th class="number">Threshold</th><th class="number">Measured</th></tr></thead>
<tbody>
${claims.map(claimRow)}</tbody>
</table>`;
}

function claimRow(claim: ClaimResult): Html {
  const { text, threshold, unit, measured, interval, detail, pass } = claim;
  const isReported = 'reported' in threshold && pass;
  const [sign, tone, word] = isReported
    ? ['·', 'neutral', 'reported']
    : pass
      ? ['✓', 'good', 'holds']
      : ['✗', 'bad', 'fails'];
  return html`<tr>
<td class="sign ${tone}"><span role="img" aria-label="${word}">${sign}</span></td>
<td>${text}${detail !== undefined && html`<span class="detail">${detail}</span>`}</td>
<td class="number" data-name="threshold">${formatThreshold(threshold, unit)}</td>
<td class="number" data-name="measured"><strong class="${pass ? '' : 'bad'}">${formatQuantity(measured, unit)}</strong>${
    interval !== undefined && html`<span class="detail">${formatInterval(interval, unit)}</span>`
  }</td>
</tr>
`;
}
