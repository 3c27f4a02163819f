// Waiting with an end: for a condition that is looked at again and again, and for work that may take only so long.
import { delay } from '../../runtime/lifecycle';
import type { Deadline } from './system';

export interface WaitOptions extends Deadline {
  /** Between two looks, ms. Default 50. */
  readonly everyMs?: number;
  /** Gives the wait up. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when `look` returns undefined; text that it returns says what was seen instead, and so does what it throws.
 * @throws Error saying what was waited for, how long, and what was seen last
 */
export async function waitUntil(
  what: string,
  look: () => Promise<string | undefined> | string | undefined,
  { withinMs, everyMs = 50, signal }: WaitOptions,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    let seen: string | undefined;
    try {
      seen = await look();
    } catch (thrown) {
      seen = (thrown as Error).message;
    }
    if (seen === undefined) return;
    if (signal.aborted) throw new Error(`${what}: stopped because the run ends`);
    if (performance.now() >= endMs) throw new Error(`timed out after ${withinMs} ms: ${what}, but ${seen}`);
    await delay(everyMs, signal);
  }
}

/** @throws Error when `work` has not settled in time; what it does then goes on. */
export async function withinDeadline<T>(
  what: string,
  work: Promise<T>,
  { withinMs, signal }: Pick<WaitOptions, 'withinMs' | 'signal'>,
): Promise<T> {
  const done = new AbortController();
  const either = AbortSignal.any([done.signal, signal]);
  const late = delay(withinMs, either).then(() => {
    throw new Error(
      signal.aborted ? `${what}: stopped because the run ends` : `timed out after ${withinMs} ms: ${what}`,
    );
  });
  // When `work` wins, this rejection has no listener.
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
