// How fast a schedule that fell behind may catch up. Without a bound it would send all that it owes at once, to servers
// and over a connection that may be short of time themselves.

/** Calls per call of the schedule. Twice as many would double the load just when something is short of time. */
const CATCH_UP = 1.5;
/** Calls that a busy machine delays for this long go out together: there was no earlier chance. */
const BURST_MS = 100;

export class CatchUp {
  readonly #permitMs: number;
  readonly #most: number;
  #permits: number;
  #countedMs = Number.NEGATIVE_INFINITY;

  /** @param intervalMs time between two calls of the schedule */
  constructor(intervalMs: number) {
    this.#permitMs = intervalMs / CATCH_UP;
    this.#most = Math.max(1, BURST_MS / this.#permitMs);
    this.#permits = this.#most;
  }

  /** Whether a call may be sent now; if so it counts as sent. */
  take(nowMs: number): boolean {
    this.#count(nowMs);
    if (this.#permits < 1) return false;
    this.#permits -= 1;
    return true;
  }

  /** Time until a call may be sent (ms). */
  waitMs(nowMs: number): number {
    this.#count(nowMs);
    return Math.max(0, 1 - this.#permits) * this.#permitMs;
  }

  #count(nowMs: number): void {
    this.#permits = Math.min(this.#most, this.#permits + (nowMs - this.#countedMs) / this.#permitMs);
    this.#countedMs = nowMs;
  }
}
