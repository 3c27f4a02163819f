// Without load an event proves nothing. This claims that calls were sent during every event.
import type { Call } from '../records/call';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { coverage } from '../records/overlap';
import type { TimeSpan } from '../records/selection';

/** The longest pause between calls that still counts as load, ms. */
export const MAX_GAP_MS = 1000;

/** A load, and the events that it has to cover. */
export interface LoadedEvents {
  readonly calls: readonly Call[];
  readonly spans: readonly TimeSpan[];
}

/**
 * @param when completes the sentence: `while pods leave`
 * @param expected the number of events; with more or fewer of them nothing is measured
 */
export function loadOverlaps<F>(when: string, expected: number, of: (facts: F) => LoadedEvents): MeasuredClaim<F> {
  return {
    id: 'load-overlaps',
    text: `The longest pause between calls ${when}, including a second before and after.`,
    threshold: { atMost: MAX_GAP_MS },
    unit: 'ms',
    measure: (facts) => measureOverlap(of(facts), expected),
  };
}

/** The longest pause around any of the spans. */
function measureOverlap({ calls, spans }: LoadedEvents, expected: number): Measurement {
  if (spans.length !== expected) return { value: null, detail: `${spans.length} of ${expected} events were seen` };
  const gaps = spans.map((span) => coverage(calls, span).longestGapMs);
  return { value: Math.max(...gaps), detail: `around ${spans.length} ${spans.length === 1 ? 'event' : 'events'}` };
}
