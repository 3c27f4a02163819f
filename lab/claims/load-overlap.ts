// A load that is not there when it happens proves nothing: the claim that calls were sent all through every event.
import type { Call } from '../records/call';
import type { Claim, Measurement } from '../records/claim';
import { coverage } from '../records/overlap';
import type { TimeSpan } from '../records/selection';

/** The longest pause of the load, ms, that still counts as being there. */
export const MAX_GAP_MS = 1000;

/** `when` completes the sentence: `while pods leave`. */
export function loadOverlaps(when: string): Claim {
  return {
    id: 'load-overlaps',
    text: `Calls are sent all through and a second before and after, ${when}: the longest pause.`,
    threshold: { atMost: MAX_GAP_MS },
    unit: 'ms',
  };
}

/** The longest pause around any of the spans; not measured unless there are exactly `expected` of them. */
export function measureOverlap(calls: readonly Call[], spans: readonly TimeSpan[], expected: number): Measurement {
  if (spans.length !== expected) return { value: null, detail: `${spans.length} of ${expected} events were seen` };
  const gaps = spans.map((span) => coverage(calls, span).longestGapMs);
  return { value: Math.max(...gaps), detail: `around ${spans.length} ${spans.length === 1 ? 'event' : 'events'}` };
}
