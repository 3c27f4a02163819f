// Lines, boxes and words placed to the pixel: legends, event marks and labels are made of them.
import { themed } from '../../drawing/palette';

export interface TextOptions {
  readonly colour?: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly size?: number;
  readonly isBold?: boolean;
  /** A rim of paper, for text that a line may pass behind. */
  readonly hasRim?: boolean;
}

/** Text whose middle line is at `y`. */
export function textAt(x: number, y: number, text: string, options: TextOptions = {}) {
  const { colour = themed('quiet'), align = 'left', size = 12, isBold = false, hasRim = false } = options;
  return {
    type: 'text' as const,
    silent: true,
    z: hasRim ? 40 : 20,
    style: {
      x,
      y,
      text,
      fill: colour,
      fontSize: size,
      fontFamily: 'inherit',
      fontWeight: isBold ? ('bold' as const) : ('normal' as const),
      align,
      verticalAlign: 'middle' as const,
      ...(hasRim && { stroke: themed('paper'), lineWidth: 4 }),
    },
  };
}

export interface LineOptions {
  readonly colour?: string;
  readonly width?: number;
  /** Lengths of dash and gap, px; solid if left out. */
  readonly dash?: readonly [number, number];
  readonly z?: number;
}

export function lineBetween(x1: number, y1: number, x2: number, y2: number, options: LineOptions = {}) {
  const { colour = themed('mark'), width = 1, dash, z = 10 } = options;
  return {
    type: 'line' as const,
    silent: true,
    z,
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour, lineWidth: width, ...(dash !== undefined && { lineDash: [...dash] }) },
  };
}

export function boxAt(x: number, y: number, width: number, height: number, colour: string, z = 20) {
  return { type: 'rect' as const, silent: true, z, shape: { x, y, width, height, r: 2 }, style: { fill: colour } };
}

export type Element = ReturnType<typeof textAt> | ReturnType<typeof lineBetween> | ReturnType<typeof boxAt>;

/** About how wide text is, px. Errs on the wide side: fonts differ between readers, and nothing may be cut. */
export function textWidth(text: string, size = 12): number {
  let units = 0;
  for (const character of text) units += widthOf(character);
  return units * size;
}

/** In parts of the size of the font. */
function widthOf(character: string): number {
  if (" .,:;'|!ijl1tfr()[]-".includes(character)) return 0.36;
  if ('mwMW%→×@'.includes(character)) return 0.95;
  return character >= 'A' && character <= 'Z' ? 0.72 : 0.62;
}
