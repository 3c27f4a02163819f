// Several drawings in one SVG file, each under a heading and lines about it: side by side, or one below the other where
// the reader's page is narrow.
import { themed } from '../../drawing/palette';
import { type Drawing, renderChart, svgFile } from './chart';
import { escapeHtml } from './html';

export interface Panel {
  readonly heading: string;
  /** Lines below the heading; together they read as one sentence without its full stop. */
  readonly notes: readonly string[];
  readonly drawing: Drawing;
}

const HEADING_PX = 36;
const NOTE_PX = 18;
const GAP_PX = 28;

/** @param columns how many panels stand side by side */
export function renderPanels(panels: readonly Panel[], id: string, columns: number): string {
  const columnPx = Math.max(...panels.map(({ drawing }) => drawing.width));
  const notesPx = NOTE_PX * Math.max(...panels.map(({ notes }) => notes.length));
  const rowPx = HEADING_PX + notesPx + Math.max(...panels.map(({ drawing }) => drawing.height));
  const rows = Math.ceil(panels.length / columns);
  const bodies = panels.map((panel, index) => {
    const x = (index % columns) * (columnPx + GAP_PX);
    const y = Math.floor(index / columns) * (rowPx + GAP_PX);
    return drawPanel(panel, `${id}-${index + 1}`, { x, y, plotY: y + HEADING_PX + notesPx });
  });
  const size = { width: columns * (columnPx + GAP_PX) - GAP_PX, height: rows * (rowPx + GAP_PX) - GAP_PX };
  const description = panels.map(({ heading, notes }) => `${heading}: ${notes.join(' ')}.`).join(' ');
  return svgFile({ ...size, description }, `${bodies.join('\n')}\n</svg>\n`);
}

function drawPanel(
  { heading, notes, drawing }: Panel,
  id: string,
  { x, y, plotY }: { readonly x: number; readonly y: number; readonly plotY: number },
): string {
  const text = (words: string, line: number, look: string) =>
    `<text x="${x}" y="${y + line}" ${look}>${escapeHtml(words)}</text>`;
  return [
    text(heading, 16, `font-size="16" font-weight="bold" fill="${themed('ink')}"`),
    ...notes.map((note, index) => text(note, 38 + index * NOTE_PX, `font-size="13" fill="${themed('quiet')}"`)),
    renderChart(drawing, id).replace(/^<svg /, `<svg x="${x}" y="${plotY}" `),
  ].join('\n');
}
