// The table: one row per pod and Envoy, with every number of the charts. Rows are kept and only what differs is written, so
// that a reader's place in it stays.
import { swatch } from './band-chart.mjs';
import { count, milliseconds, percent, perSecond, setText } from './words.mjs';

const CELLS = [
  ({ label }) => label,
  (row) => perSecond(row.perSecond),
  ({ share }) => percent(share),
  ({ inFlight }) => count(inFlight),
  ({ p50, p99 }) => `${milliseconds(p50)} / ${milliseconds(p99)}`,
  ({ failed }) => count(failed),
  ({ attempts }) => count(attempts),
  ({ isDraining }) => (isDraining ? 'yes' : 'no'),
];
const NAMES = ['state', 'calls/s', 'share', 'in flight', 'p50 / p99 ms', 'failed', 'attempts', 'draining'];

/** @returns draw(rows, places) */
export function createPodTable(body, isEnvoy) {
  const shown = new Map();

  function add(name, place) {
    const line = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.append(swatch(place, isEnvoy), name);
    const cells = NAMES.map((title) => {
      const cell = document.createElement('td');
      cell.dataset.name = title;
      return cell;
    });
    line.append(head, ...cells);
    const row = { line, cells };
    shown.set(name, row);
    return row;
  }

  return (rows, places) => {
    const names = new Set(rows.map(({ name }) => name));
    for (const [name, { line }] of shown) {
      if (names.has(name)) continue;
      line.remove();
      shown.delete(name);
    }
    for (const row of rows) {
      const { line, cells } = shown.get(row.name) ?? add(row.name, places[row.name] ?? 0);
      for (const [index, text] of CELLS.entries()) setText(cells[index], text(row));
      if (line.dataset.state !== row.state) line.dataset.state = row.state;
      if (line.parentNode !== body) body.append(line);
    }
  };
}
