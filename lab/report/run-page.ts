// The page of one run: the question, the verdict, the claims, the figures, and everything needed to repeat it.
import type { Summary } from '../../client/summary';
import { type RunData, runSpan } from '../records/run-data';
import type { RunSummary } from '../records/run-summary';
import type { Verdict } from '../records/verdict';
import type { DrawnFigure } from './drawn-figure';
import { figureHtml } from './drawn-figure';
import { eventTable } from './event-table';
import { type Html, html } from './html';
import { definitionTable, renderPage } from './page';
import { formatDate, formatDuration, formatNumber, formatQuantity } from './quantity';
import { claimTable, verdictBadge } from './verdict-parts';

export interface RunPage {
  readonly data: RunData;
  readonly verdict: Verdict;
  readonly summary: RunSummary;
  readonly figures: readonly DrawnFigure[];
}

const BACKENDS = { local: 'on loopback', cluster: 'on a cluster' } as const;

export function renderRunPage({ data, verdict, summary, figures }: RunPage): string {
  const { params } = data;
  const { fromMs, toMs } = runSpan(data);
  const body = html`<header>
<div class="over">Experiment <strong>${params.experiment}</strong>, ${BACKENDS[params.backend]}${params.quick && ', quick'}</div>
<h1>${params.question}</h1>
${verdictBadge(verdict)}
${params.mutation !== undefined && html`<p class="notice">Broken on purpose: ${params.mutation}. The claims below had to fail.</p>`}
<p>${params.hypothesis}</p>
<p class="quiet">${formatDate(params.startedAt)}, ${formatDuration(toMs - fromMs)}, ${formatNumber(summary.total.calls, 0)} calls, commit <code>${params.commit}</code></p>
</header>
<section><h2>Claims</h2>
<p class="quiet">Thresholds were fixed before the run.</p>
${claimTable(verdict.claims)}</section>
<section><h2>Figures</h2>
${figures.map(figureHtml)}</section>
<section><h2>Calls</h2>
${summaryTable(summary)}</section>
<section><h2>How to repeat</h2>
<pre>${params.command}</pre>
<p class="quiet">These pages are drawn from <code>params.json</code>, <code>calls.ndjson</code> and <code>events.ndjson</code> beside this file, and from nothing else: <code>npm run lab -- report</code> with this folder draws them again.</p></section>
<section><h2>Conditions</h2>
${conditions(data)}</section>
<section><h2>Events</h2>
${eventTable(data)}</section>`;
  return renderPage({ title: `${params.experiment}: ${params.question}`, body });
}

function summaryTable({ total, loads }: RunSummary): Html {
  const names = Object.keys(loads);
  const rows = names.length === 1 ? Object.entries(loads) : [...Object.entries(loads), ['all', total] as const];
  return html`<table class="stack"><thead><tr><th>Load</th>${COLUMNS.map(
    ([name]) => html`<th class="number">${name}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    ([name, summary]) =>
      html`<tr><td><strong>${name}</strong></td>${COLUMNS.map(
        ([column, read]) => html`<td class="number" data-name="${column}">${read(summary)}</td>`,
      )}</tr>\n`,
  )}</tbody></table>`;
}

const COLUMNS: readonly (readonly [string, (summary: Summary) => string])[] = [
  ['calls', ({ calls }) => formatNumber(calls, 0)],
  ['failed', ({ failed }) => formatNumber(failed, 0)],
  ['late', ({ behindSchedule }) => formatNumber(behindSchedule, 0)],
  ['never sent', ({ neverSent }) => formatNumber(neverSent, 0)],
  ['p50', ({ latencyMs }) => formatQuantity(latencyMs.p50, 'ms')],
  ['p90', ({ latencyMs }) => formatQuantity(latencyMs.p90, 'ms')],
  ['p99', ({ latencyMs }) => formatQuantity(latencyMs.p99, 'ms')],
  ['longest', ({ latencyMs }) => formatQuantity(latencyMs.max, 'ms')],
  ['p99 from due', ({ latencyFromDueMs }) => formatQuantity(latencyFromDueMs.p99, 'ms')],
  ['longest from due', ({ latencyFromDueMs }) => formatQuantity(latencyFromDueMs.max, 'ms')],
  ['attempts per call', ({ attemptsPerCall }) => formatNumber(attemptsPerCall ?? Number.NaN, 4)],
];

function conditions({ params }: RunData): Html {
  const { machine, versions, sizes } = params;
  return definitionTable([
    [
      'machine',
      `${machine.cpus} × ${machine.cpuModel}, ${formatNumber(machine.memoryBytes / 2 ** 30, 1)} GiB, ${machine.system}`,
    ],
    ...Object.entries(versions).map(([name, version]) => [name, version] as const),
    ...Object.entries(sizes).map(([name, size]) => [spaced(name), describeSize(size)] as const),
    ['seed', String(params.seed)],
    ['started', params.startedAt],
  ]);
}

function describeSize(size: RunData['params']['sizes'][string]): string {
  if (typeof size === 'string') return size;
  return (typeof size === 'number' ? [size] : size).map((number) => formatNumber(number, 6)).join(', ');
}

/** `callsPerSecond` as words. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
