// Events as thin vertical lines through a chart over time, their names above it in rows that do not overlap.

import { themed } from '../../drawing/palette';
import type { RunEvent } from '../records/event';
import type { TimeSpan } from '../records/selection';
import { type Element, lineBetween, textAt, textWidth } from './elements';
import type { LegendEntry } from './legend';
import { kindText, MARKED_KINDS, markText } from './mark-texts';
import { formatSeconds } from './scale';

export interface Marks {
  /** Height that the names need above the plot, px. */
  readonly height: number;
  /** Of events without room for their name. */
  readonly legend: readonly LegendEntry[];
  /** `top` and `bottom` of the plot, px; names stand above `top`. */
  draw(top: number, bottom: number): readonly Element[];
}

interface Mark {
  /** Of the line, px. */
  readonly x: number;
  readonly seconds: number;
  readonly text: string;
  /** One of so many of its kind that only the kind is named. */
  readonly isOneOfMany: boolean;
  /** Where the name begins and ends, px. */
  readonly start: number;
  readonly end: number;
}

interface PlacedMark extends Mark {
  /** From the plot upwards; undefined when there is no room for the name. */
  readonly row: number | undefined;
}

const ROWS = [0, 1, 2, 3, 4];
const ROW_PX = 16;
const NAME_SIZE = 11;
const GAP_PX = 4;
/** More events of one kind than this share one entry in the legend. */
const MOST_NAMED = 6;

/** The events of the span that a chart marks. */
export function markedEvents(
  events: readonly RunEvent[],
  { fromMs, toMs }: TimeSpan,
  kinds = MARKED_KINDS,
): readonly RunEvent[] {
  return events.filter(({ kind, atMs }) => kinds.includes(kind) && atMs >= fromMs && atMs <= toMs);
}

/** @param plot the left and right end of the plot, px, which stand for the ends of the span. */
export function layOutMarks(
  events: readonly RunEvent[],
  { fromMs, toMs }: TimeSpan,
  plot: { readonly left: number; readonly right: number },
): Marks {
  const kinds = countKinds(events);
  const markOf = (event: RunEvent): Mark => {
    const part = (event.atMs - fromMs) / (toMs - fromMs);
    const x = Math.round(plot.left + part * (plot.right - plot.left)) + 0.5;
    const text = markText(event);
    const width = textWidth(text, NAME_SIZE) + GAP_PX;
    // At the right edge the name stands left of its line.
    const [start, end] = x + width > plot.right ? [x - width, x] : [x, x + width];
    const isOneOfMany = (kinds.get(kindText(event)) ?? 0) > MOST_NAMED;
    return { x, seconds: (event.atMs - fromMs) / 1000, text, isOneOfMany, start, end };
  };
  const placed = placeMarks(events.map(markOf));
  const rows = Math.max(0, ...placed.map(({ row }) => (row ?? -1) + 1));
  const legendTexts = [
    ...[...kinds].filter(([, count]) => count > MOST_NAMED).map(([kind, count]) => `${kind} (${count} times)`),
    ...placed
      .filter(({ row, isOneOfMany }) => row === undefined && !isOneOfMany)
      .sort((left, right) => left.seconds - right.seconds)
      .map(({ text, seconds }) => `${text} at ${formatSeconds(seconds, (toMs - fromMs) / 1000)}`),
  ];
  return {
    height: rows * ROW_PX + (rows > 0 ? 2 : 0),
    legend: legendTexts.map((label) => ({ label, colour: themed('mark'), sample: 'dashed' })),
    draw: (top, bottom) => placed.flatMap((mark) => drawMark(mark, top, bottom)),
  };
}

/**
 * Gives names their rows. From the last to the first, upwards: names stand right of their lines, so no line crosses a
 * name. Those that stand left of their lines come last, and so above all others.
 */
function placeMarks(marks: readonly Mark[]): readonly PlacedMark[] {
  const backwards = marks.toReversed();
  const placed: PlacedMark[] = [];
  for (const mark of [...backwards.filter(isRightOfLine), ...backwards.filter((each) => !isRightOfLine(each))]) {
    if (placed.some((other) => other.text === mark.text && Math.abs(other.x - mark.x) < 3)) continue;
    const row = mark.isOneOfMany ? undefined : ROWS.find((candidate) => hasRoom(placed, mark, candidate));
    placed.push({ ...mark, row });
  }
  return placed;
}

/** Whether a name in this row would neither touch another name nor be crossed by a line, its own included. */
function hasRoom(placed: readonly PlacedMark[], { x, start, end }: Mark, row: number): boolean {
  return placed.every((other) => {
    if (other.row === undefined) return true;
    if (other.row === row) return other.start >= end + GAP_PX || other.end + GAP_PX <= start;
    const crossesName = other.row > row && other.x > start && other.x < end;
    const isCrossed = other.row < row && x > other.start && x < other.end;
    return !crossesName && !isCrossed;
  });
}

function isRightOfLine({ x, start }: Mark): boolean {
  return start >= x;
}

function countKinds(events: readonly RunEvent[]): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const event of events) kinds.set(kindText(event), (kinds.get(kindText(event)) ?? 0) + 1);
  return kinds;
}

function drawMark(mark: PlacedMark, top: number, bottom: number): Element[] {
  const { x, text, row } = mark;
  const options = { dash: [3, 3] as const, colour: themed('mark') };
  if (row === undefined) return [lineBetween(x, top, x, bottom, options)];
  const y = top - row * ROW_PX - ROW_PX / 2;
  const isRight = isRightOfLine(mark);
  return [
    lineBetween(x, y - 6, x, bottom, options),
    textAt(isRight ? x + GAP_PX : x - GAP_PX, y, text, { size: NAME_SIZE, align: isRight ? 'left' : 'right' }),
  ];
}
