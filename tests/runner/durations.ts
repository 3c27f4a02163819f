// How long the files of each tier took, for whoever wants to know where the time goes.
import { TIERS, tierOf } from './parts';

export class Durations {
  readonly #files = new Map<string, number>();

  add(file: string, ms: number): void {
    this.#files.set(file, ms);
  }

  /** A line per tier. Files that ran beside each other count each. */
  lines(togetherMs: number): readonly string[] {
    const lines = TIERS.flatMap((tier) => {
      const times = [...this.#files].filter(([file]) => tierOf(file) === tier).map(([, ms]) => ms);
      const sum = times.reduce((total, ms) => total + ms, 0);
      return times.length === 0 ? [] : [`${tier.padEnd(10)} ${seconds(sum)} in ${times.length} files`];
    });
    return [...lines, `${'together'.padEnd(10)} ${seconds(togetherMs)}`];
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`;
}
