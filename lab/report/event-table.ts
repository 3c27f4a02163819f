// What happened during a run, as a list to unfold.
import type { EventKind } from '../records/event';
import { type RunData, runSpan } from '../records/run-data';
import { type Html, html } from './html';
import { markText } from './mark-texts';
import { formatNumber } from './quantity';

/** Readings that come by the hundred; charts show them. */
const NOT_LISTED: readonly EventKind[] = ['metric', 'counters', 'messages', 'resources', 'hosts'];
const MOST_ROWS = 500;

export function eventTable(data: RunData): Html {
  const { fromMs } = runSpan(data);
  const listed = data.events.filter(({ kind }) => !NOT_LISTED.includes(kind));
  if (listed.length === 0) return html`<p class="quiet">No events besides calls.</p>`;
  const left = listed.length - MOST_ROWS;
  return html`<details><summary>${listed.length} events</summary>
<table><thead><tr><th class="number">Time</th><th>Kind</th><th>What</th></tr></thead>
<tbody>
${listed.slice(0, MOST_ROWS).map(
  (
    event,
  ) => html`<tr><td class="number">${formatNumber((event.atMs - fromMs) / 1000, 4)} s</td><td>${event.kind}</td><td>${markText(event)}</td></tr>
`,
)}</tbody></table>
${left > 0 && html`<p class="quiet">${left} more are in <code>events.ndjson</code>.</p>`}</details>`;
}
