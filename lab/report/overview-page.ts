// The page over several runs: what each asked, how it ended, and its first figure; the newest run of each experiment.
import type { Params } from '../records/params';
import type { Verdict } from '../records/verdict';
import { type DrawnFigure, figureHtml } from './drawn-figure';
import { type Html, html } from './html';
import { newestRuns } from './newest-runs';
import { renderPage } from './page';
import { formatDate } from './quantity';
import { claimTable, isAsItShouldBe, verdictBadge, verdictText } from './verdict-parts';

export interface ListedRun {
  /** Relative to the overview. */
  readonly folderName: string;
  readonly params: Params;
  readonly verdict: Verdict;
  readonly figures: readonly DrawnFigure[];
}

export function renderOverviewPage(runs: readonly ListedRun[]): string {
  const good = runs.filter(({ verdict }) => isAsItShouldBe(verdict)).length;
  const isGood = good === runs.length && runs.length > 0;
  const body = html`<header>
<div class="over">gRPC load balancing on Kubernetes</div>
<h1>What the lab shows</h1>
<span class="badge ${isGood ? 'good' : 'bad'}">${isGood ? '✓' : '✗'} ${good} of ${runs.length} runs are as claimed</span>
<p>Each run asks one question and judges its claims by thresholds that were fixed before. A run that was broken on purpose counts as claimed when it fails.</p>
</header>
<section><h2>Runs</h2>
${runTable(runs)}</section>
<section><h2>Newest run of each experiment</h2>
<p>A quick run appears only if there is no full one.</p>
${newestRuns(runs).map(card)}</section>`;
  return renderPage({ title: 'What the lab shows', body });
}

function runTable(runs: readonly ListedRun[]): Html {
  return html`<table class="stack">
<thead><tr><th></th><th>Experiment</th><th>Verdict</th><th>On</th><th>When</th></tr></thead>
<tbody>
${runs.map(({ folderName, params, verdict }) => {
  const isGood = isAsItShouldBe(verdict);
  return html`<tr>
<td class="sign ${isGood ? 'good' : 'bad'}"><span role="img" aria-label="${isGood ? 'as claimed' : 'not as claimed'}">${isGood ? '✓' : '✗'}</span></td>
<td><a href="${encodeURIComponent(folderName)}/index.html">${params.experiment}</a>${params.quick && ' (quick)'}${
    params.mutation !== undefined && html`<span class="detail">broken on purpose: ${params.mutation}</span>`
  }</td>
<td data-name="verdict">${verdictText(verdict)}</td>
<td data-name="on">${params.backend}</td>
<td data-name="when">${formatDate(params.startedAt)}</td>
</tr>
`;
})}</tbody></table>`;
}

function card({ folderName, params, verdict, figures }: ListedRun): Html {
  const [first] = figures;
  return html`<article class="card">
<div class="over">${params.experiment}, ${params.backend}</div>
<h3><a href="${encodeURIComponent(folderName)}/index.html">${params.question}</a></h3>
${verdictBadge(verdict)}
${first !== undefined && figureHtml(first)}
${claimTable(verdict.claims)}
</article>
`;
}
