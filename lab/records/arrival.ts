// How a new pod gets into service, read from the calls: its first call, and when it has its share.
import type { Call } from './call';
import { sentWithin } from './selection';

/** From `atMs` to the sending of the first call that `name` answered, ms; undefined if there is none. */
export function firstCallAfterMs(
  calls: readonly Call[],
  name: string,
  atMs: number,
  field: 'pod' | 'via' = 'pod',
): number | undefined {
  const first = calls.find((call) => call[field] === name && call.code === 'OK' && call.sentMs >= atMs);
  return first === undefined ? undefined : first.sentMs - atMs;
}

export interface ShareGoal {
  /** A share of all OK answers, 0–1: 0.8 / n for a pod among n. */
  readonly share: number;
  /** Over how much time the share is taken, ms; default 1000. */
  readonly windowMs?: number;
  /** When to give up, ms after `atMs`; default 60,000. */
  readonly withinMs?: number;
}

/**
 * From `atMs` to the end of the first window in which `name` had the share, ms; undefined if it never had. Windows
 * begin with a call, at `atMs` or later.
 */
export function timeToShareMs(
  calls: readonly Call[],
  name: string,
  atMs: number,
  { share, windowMs = 1000, withinMs = 60_000 }: ShareGoal,
): number | undefined {
  const answered = sentWithin(calls, { fromMs: atMs, toMs: atMs + withinMs }).filter(({ code }) => code === 'OK');
  // A window that reaches beyond the last call would be judged by the few calls that it has.
  const endMs = answered.at(-1)?.sentMs ?? atMs;
  let end = 0;
  let own = 0;
  for (const [start, first] of answered.entries()) {
    const windowEndMs = first.sentMs + windowMs;
    if (windowEndMs > endMs) return undefined;
    for (; end < answered.length && (answered[end] as Call).sentMs < windowEndMs; end += 1) {
      if ((answered[end] as Call).pod === name) own += 1;
    }
    if (own / (end - start) >= share) return windowEndMs - atMs;
    if (first.pod === name) own -= 1;
  }
  return undefined;
}
