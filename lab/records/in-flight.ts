// How many calls were under way at a moment. Calls that were so at the same time may have been answered in another order
// than they were sent in, and nobody can tell.
import type { Call } from './call';

/** For each call, in the order given (of sending): how many others were unanswered when it was sent. */
export function inFlightAtSending(calls: readonly Call[]): readonly number[] {
  const endsMs = calls.map(({ sentMs, latencyMs }) => sentMs + latencyMs).sort((left, right) => left - right);
  let ended = 0;
  return calls.map(({ sentMs }, index) => {
    while (ended < endsMs.length && (endsMs[ended] as number) <= sentMs) ended += 1;
    return Math.max(0, index - ended);
  });
}
