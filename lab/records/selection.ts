// Picks calls out of a run: by time, load and outcome, and counts them by pod.
import type { Call } from './call';

/** From `fromMs` on and before `toMs`, ms since the epoch. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The calls sent within the span. Fast for long runs: calls are in the order in which they were sent. */
export function sentWithin(calls: readonly Call[], { fromMs, toMs }: TimeSpan): readonly Call[] {
  return calls.slice(firstSentFrom(calls, fromMs), firstSentFrom(calls, toMs));
}

export function ofLoad(calls: readonly Call[], ...loads: readonly string[]): readonly Call[] {
  return calls.filter(({ load }) => loads.includes(load));
}

export function failed(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ code }) => code !== 'OK');
}

/** OK answers per server pod (`pod`) or Envoy (`via`). `names` adds those that must be counted even if they have none. */
export function answersBy(
  calls: readonly Call[],
  field: 'pod' | 'via' = 'pod',
  names: readonly string[] = [],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(names.map((name) => [name, 0]));
  for (const call of calls) {
    const name = call[field];
    if (call.code === 'OK' && name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Times that upstreams were asked, per call; NaN without a call. */
export function attemptsPerCall(calls: readonly Call[]): number {
  return calls.reduce((sum, { attempts }) => sum + attempts, 0) / calls.length;
}

/** Calls sent before `atMs` that had not ended then. No call may last longer than `longestMs`. */
export function inFlightAt(calls: readonly Call[], atMs: number, longestMs = 60_000): readonly Call[] {
  const before = sentWithin(calls, { fromMs: atMs - longestMs, toMs: atMs });
  return before.filter(({ sentMs, latencyMs }) => sentMs + latencyMs > atMs);
}

/**
 * For each call, in the order given (of sending): how many others were unanswered when it was sent. Calls that were under
 * way at the same time may have been answered in another order than they were sent in, and no record can tell.
 */
export function inFlightAtSending(calls: readonly Call[]): readonly number[] {
  const endsMs = calls.map(({ sentMs, latencyMs }) => sentMs + latencyMs).sort((left, right) => left - right);
  let ended = 0;
  return calls.map(({ sentMs }, index) => {
    while (ended < endsMs.length && (endsMs[ended] as number) <= sentMs) ended += 1;
    return Math.max(0, index - ended);
  });
}

/** Latencies of OK answers, ms. */
export function latenciesMs(calls: readonly Call[]): readonly number[] {
  return calls.filter(({ code }) => code === 'OK').map(({ latencyMs }) => latencyMs);
}

/** The index of the first call sent at `atMs` or later. */
function firstSentFrom(calls: readonly Call[], atMs: number): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((calls[middle] as Call).sentMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
