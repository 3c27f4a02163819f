// The legend above a chart: a flow of samples and names, as many rows as it takes.

import { themed } from '../../drawing/palette';
import { boxAt, type Element, lineBetween, textAt, textWidth } from './elements';

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** How it is drawn: an area, a line, a broken line, or a cross. */
  readonly sample: 'area' | 'line' | 'dashed' | 'cross';
}

export interface Legend {
  readonly elements: readonly Element[];
  readonly height: number;
}

const ROW_PX = 20;
const SAMPLE_PX = 14;
const GAP_PX = 16;

/** Lays entries out within `width` px from the top left corner; no entry is ever cut. */
export function layOutLegend(entries: readonly LegendEntry[], width: number): Legend {
  const elements: Element[] = [];
  let x = 0;
  let row = 0;
  for (const entry of entries) {
    const entryWidth = SAMPLE_PX + 6 + textWidth(entry.label);
    if (x > 0 && x + entryWidth > width) {
      x = 0;
      row += 1;
    }
    const y = row * ROW_PX + ROW_PX / 2;
    elements.push(...sample(entry, x, y), textAt(x + SAMPLE_PX + 6, y, entry.label, { colour: themed('ink') }));
    x += entryWidth + GAP_PX;
  }
  return { elements, height: entries.length === 0 ? 0 : (row + 1) * ROW_PX + 6 };
}

function sample({ colour, sample: kind }: LegendEntry, x: number, y: number): Element[] {
  if (kind === 'area') return [boxAt(x + 1, y - 6, 12, 12, colour)];
  if (kind === 'cross') {
    const options = { colour, width: 2, z: 20 };
    return [lineBetween(x + 3, y - 4, x + 11, y + 4, options), lineBetween(x + 3, y + 4, x + 11, y - 4, options)];
  }
  const dash = kind === 'dashed' ? { dash: [4, 3] as const } : {};
  return [lineBetween(x, y, x + SAMPLE_PX, y, { colour, width: 2, z: 20, ...dash })];
}
