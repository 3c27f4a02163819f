// When calls were sent at all: between the parts of a run no load may be running, and that is a pause and no loss.
import type { Call } from '../records/call';
import type { TimeSpan } from '../records/selection';

interface LoadTime {
  readonly fromMs: number;
  toMs: number;
  calls: number;
}

/**
 * The stretches of `span` in which at least one load was sending, in the order of time. A load sends from its first call to the
 * time at which the one after its last would have been due, however long it waited in between.
 * @param calls in the order of sending
 */
export function sendingTimes(calls: readonly Call[], span: TimeSpan): readonly TimeSpan[] {
  const loads = new Map<string, LoadTime>();
  for (const { load, sentMs } of calls) {
    const time = loads.get(load);
    if (time === undefined) loads.set(load, { fromMs: sentMs, toMs: sentMs, calls: 1 });
    else {
      time.toMs = sentMs;
      time.calls += 1;
    }
  }
  // A load of one call has no pace; a moment is the least that can be drawn.
  const paceMs = ({ fromMs, toMs, calls: count }: LoadTime) => Math.max(1, (toMs - fromMs) / Math.max(1, count - 1));
  const stretches: { fromMs: number; toMs: number }[] = [];
  for (const time of [...loads.values()].sort((left, right) => left.fromMs - right.fromMs)) {
    const fromMs = Math.max(time.fromMs, span.fromMs);
    const toMs = Math.min(time.toMs + paceMs(time), span.toMs);
    if (toMs <= fromMs) continue;
    const last = stretches.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else stretches.push({ fromMs, toMs });
  }
  return stretches;
}
