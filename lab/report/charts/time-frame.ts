// What charts over time have in common: which calls, which span, and where legend, marks and plot go.
import type { Call } from '../../records/call';
import type { EventKind, RunEvent } from '../../records/event';
import type { RunRecords } from '../../records/run-data';
import { ofLoad, sentWithin, type TimeSpan } from '../../records/selection';
import { LEFT_PX, RIGHT_PX } from '../axes';
import { type Buckets, bucketsFor } from '../buckets';
import { type Element, textAt } from '../elements';
import { type LegendEntry, layOutLegend } from '../legend';
import { layOutMarks, markedEvents } from '../marks';
import { sendingTimes } from '../sending-times';

/** Room for the name of the vertical axis, which stands above its highest label, px. */
const NAME_PX = 26;

interface TimeOptions {
  readonly loads?: readonly string[];
  readonly span?: TimeSpan;
  readonly marks?: readonly EventKind[];
}

/** The calls of a figure, and its span cut into buckets. */
export interface TimeSelection {
  readonly calls: readonly Call[];
  readonly buckets: Buckets;
  /** What the time axis shows. */
  readonly span: TimeSpan;
  readonly seconds: number;
  readonly events: readonly RunEvent[];
}

export function selectTime({ calls, events }: RunRecords, { loads, span, marks }: TimeOptions): TimeSelection {
  const chosen = loads === undefined ? calls : ofLoad(calls, ...loads);
  const whole = span ?? sendingSpan(chosen);
  const inside = sentWithin(chosen, whole);
  return {
    calls: inside,
    buckets: bucketsFor(whole, inside),
    span: whole,
    seconds: (whole.toMs - whole.fromMs) / 1000,
    events: markedEvents(events, whole, marks),
  };
}

/** Legend and marks above one or more plots. */
export interface TimeFrame {
  readonly left: number;
  readonly plotWidth: number;
  /** Where the first plot begins, px. */
  readonly top: number;
  /** Legend and marks, given where the last plot ends. */
  draw(bottom: number): readonly Element[];
}

/** @param axisName what the first plot's vertical axis counts: stands above it. */
export function frameTime(
  { events, span }: TimeSelection,
  width: number,
  entries: readonly LegendEntry[],
  axisName: string,
): TimeFrame {
  const plot = { left: LEFT_PX, right: width - RIGHT_PX };
  const marks = layOutMarks(events, span, plot);
  const legend = layOutLegend([...entries, ...marks.legend], width);
  const nameTop = legend.height + marks.height;
  const top = nameTop + NAME_PX;
  return {
    left: plot.left,
    plotWidth: plot.right - plot.left,
    top,
    draw: (bottom) => [
      ...legend.elements,
      textAt(0, nameTop + 8, axisName, { hasRim: true }),
      ...marks.draw(nameTop, bottom),
    ],
  };
}

/** The time in which calls were sent, pauses included. */
function sendingSpan(calls: readonly Call[]): TimeSpan {
  const times = sendingTimes(calls, { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY });
  return { fromMs: times[0]?.fromMs ?? 0, toMs: times.at(-1)?.toMs ?? 1000 };
}
