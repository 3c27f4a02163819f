// Time, so that a test can play it.
import { setTimeout as wait } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Returns early when `signal` aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const WALL_CLOCK: Clock = {
  nowMs: () => Date.now(),
  pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
};
