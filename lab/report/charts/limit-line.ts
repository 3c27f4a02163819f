// A threshold as a broken line from top to bottom of a plot, with its name above.

import { themed } from '../../../drawing/palette';
import { type Element, lineBetween, textAt, textWidth } from '../elements';

/** `top` and `bottom` of the plot and the `width` of the chart, px. The name takes the 20 px above the plot. */
export function drawLimit(
  label: string,
  x: number,
  { top, bottom, width }: { readonly top: number; readonly bottom: number; readonly width: number },
): Element[] {
  const isLeft = x + textWidth(label, 11) + 4 > width;
  return [
    lineBetween(x, top - 16, x, bottom, { colour: themed('bad'), dash: [5, 3], width: 1.5, z: 30 }),
    textAt(isLeft ? x - 5 : x + 5, top - 11, label, {
      colour: themed('bad'),
      size: 11,
      align: isLeft ? 'right' : 'left',
    }),
  ];
}
