// Lets one line through per interval, and counts the ones it kept back so that the next line can say so.

export class LogLimit {
  #nextMs = Number.NEGATIVE_INFINITY;
  #suppressed = 0;

  /** @param intervalMs least time between two lines; 0 lets every line through */
  constructor(private readonly intervalMs: number) {}

  /** The count of lines kept back since the last one, for the line that may now be written; undefined if it may not. */
  take(nowMs: number): { suppressed?: number } | undefined {
    if (nowMs < this.#nextMs) {
      this.#suppressed += 1;
      return undefined;
    }
    this.#nextMs = nowMs + this.intervalMs;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed === 0 ? {} : { suppressed };
  }
}
