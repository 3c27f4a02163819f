// A clock that stands still until a test moves it.
import type { Clock, Timer } from '../../../client/clock';

interface Alarm {
  readonly atMs: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  timersSet = 0;
  #nowMs: number;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs;
  }

  get timersPending(): number {
    return this.#alarms.size;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    this.timersSet += 1;
    const alarm = { atMs: this.#nowMs + delayMs, callback };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** Moves on by `ms`, ringing every alarm at its time, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#alarms].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#alarms.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settle();
    }
    // Callbacks may have taken longer.
    this.#nowMs = Math.max(this.#nowMs, endMs);
    await settle();
  }

  /** Moves on by `ms` while something runs. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** Moves on by `ms` with nothing running meanwhile, as when the process is starved; then rings what is overdue. */
  async stall(ms: number): Promise<void> {
    this.#nowMs += ms;
    await this.advance(0);
  }
}

/** Lets every promise that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
