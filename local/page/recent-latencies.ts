// How long the last answers of each name took. Bounded: so many per name, and none that is older than a few seconds.

const RECENT_MS = 10_000;
const MOST = 2000;

interface Sample {
  readonly endMs: number;
  readonly latencyMs: number;
}

export interface Percentiles {
  /** Ms, nearest rank; undefined without an answer. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export class RecentLatencies {
  readonly #samples = new Map<string, Sample[]>();

  add(name: string, endMs: number, latencyMs: number): void {
    let samples = this.#samples.get(name);
    if (samples === undefined) {
      samples = [];
      this.#samples.set(name, samples);
    }
    samples.push({ endMs, latencyMs });
    // In halves, so that a full list is not moved for every call.
    if (samples.length > 2 * MOST) samples.splice(0, MOST);
  }

  of(name: string, nowMs: number): Percentiles {
    const recent = (this.#samples.get(name) ?? []).filter(({ endMs }) => endMs > nowMs - RECENT_MS);
    const sorted = recent.map(({ latencyMs }) => latencyMs).sort((left, right) => left - right);
    const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
    return { p50: at(50), p99: at(99) };
  }

  forget(nowMs: number): void {
    for (const [name, samples] of this.#samples) {
      const last = samples.at(-1);
      if (last === undefined || last.endMs <= nowMs - RECENT_MS) this.#samples.delete(name);
    }
  }
}
