// Latencies of any number of calls in 18 KB: buckets whose width grows with the value, each 1 % wider than the last.

const GROWTH = Math.log(1.01);
/** The upper end of the first bucket; the last one ends above an hour. */
const SMALLEST_MS = 0.001;
const BUCKETS = 2300;

export class LatencyRecord {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #max = 0;

  /** The largest value (ms), exact; 0 if there is none. */
  get max(): number {
    return this.#max;
  }

  add(latencyMs: number): void {
    const bucket = latencyMs <= SMALLEST_MS ? 0 : Math.ceil(Math.log(latencyMs / SMALLEST_MS) / GROWTH);
    const index = Math.min(bucket, BUCKETS - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    if (latencyMs > this.#max) this.#max = latencyMs;
  }

  /**
   * The smallest value that at least `percent` % of all values do not exceed (nearest rank), to ±0.5 %.
   * 0 if there is no value.
   */
  percentile(percent: number): number {
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let seen = 0;
    for (let index = 0; index < BUCKETS; index++) {
      seen += this.#counts[index] ?? 0;
      if (seen >= rank) return Math.min(SMALLEST_MS * Math.exp((index - 0.5) * GROWTH), this.#max);
    }
    return this.#max;
  }
}
