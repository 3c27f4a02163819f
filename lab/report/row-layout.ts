// Charts with one row per name: names stand left of their rows while there is room, and above them where there is not.

import { themed } from '../../drawing/palette';
import { type Element, textAt, textWidth } from './elements';

export interface RowLayout {
  /** Where the plot begins, px from the left. */
  readonly left: number;
  /** Height of a row with its name, px. */
  readonly rowPx: number;
  /** The middle of the bar or the dots within a row, px from its top. */
  readonly middlePx: number;
  names(top: number): readonly Element[];
}

/** Names wider than this part of the chart go above. */
const MOST_NAME_WIDTH = 0.3;
const NAME_PX = 18;

/** @param barPx the height of a row without its name */
export function layOutRows(names: readonly string[], width: number, barPx: number): RowLayout {
  const nameWidth = Math.ceil(Math.max(40, ...names.map((name) => textWidth(name))));
  const isAbove = nameWidth > width * MOST_NAME_WIDTH;
  const left = isAbove ? 2 : nameWidth + 12;
  const rowPx = isAbove ? barPx + NAME_PX : barPx;
  const middlePx = rowPx - barPx / 2;
  return {
    left,
    rowPx,
    middlePx,
    names: (top) =>
      names.map((name, row) => {
        const y = top + row * rowPx;
        const colour = themed('ink');
        return isAbove
          ? textAt(left, y + NAME_PX / 2 + 2, name, { colour, hasRim: true })
          : textAt(left - 8, y + middlePx, name, { colour, align: 'right' });
      }),
  };
}
