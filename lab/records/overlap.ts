// A load that starts after the event, or pauses during it, proves nothing. This says whether it was there throughout.
import type { Call } from './call';
import type { TimeSpan } from './selection';

export interface Coverage {
  readonly isCovered: boolean;
  /** The longest time without a call being sent, from `marginMs` before the span to `marginMs` after it. */
  readonly longestGapMs: number;
}

/**
 * Whether calls were sent all through a span and for `marginMs` on both sides of it, never with a pause longer than
 * `maxGapMs`. Defaults: a second on both sides, and pauses up to a second.
 */
export function coverage(
  calls: readonly Call[],
  { fromMs, toMs }: TimeSpan,
  { marginMs = 1000, maxGapMs = 1000 } = {},
): Coverage {
  const startMs = fromMs - marginMs;
  const endMs = toMs + marginMs;
  let lastMs = startMs;
  let longestGapMs = 0;
  for (const { sentMs } of calls) {
    if (sentMs < startMs || sentMs > endMs) continue;
    longestGapMs = Math.max(longestGapMs, sentMs - lastMs);
    lastMs = sentMs;
  }
  longestGapMs = Math.max(longestGapMs, endMs - lastMs);
  return { isCovered: longestGapMs <= maxGapMs, longestGapMs };
}
