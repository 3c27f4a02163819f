// An interval for a median that assumes nothing of how the values are spread: its ends are two of the values themselves.
import type { Interval } from './interval';
import { median, sorted } from './percentile';

/**
 * Each independent value lies below the true median with probability ½, so the k-th smallest and the k-th largest enclose
 * it with probability 1 − 2·P(Binomial(n, ½) < k): the inverted sign test (Conover, Practical Nonparametric Statistics, 3.2).
 * Takes the narrowest such pair that covers with `confidence`; with too few values for any, the smallest and the largest,
 * and `confidence` of the result says what they cover: 0.75 of three, 0.94 of five.
 */
export function signInterval(sample: readonly number[], confidence = 0.95): Interval {
  if (sample.length === 0) throw new RangeError('cannot enclose a median: expected one value or more, got none');
  const ascending = sorted(sample);
  const n = ascending.length;
  let rank = 1;
  while (2 * (rank + 1) <= n && coverage(n, rank + 1) >= confidence) rank += 1;
  return {
    low: ascending[rank - 1] as number,
    estimate: median(sample),
    high: ascending[n - rank] as number,
    confidence: coverage(n, rank),
  };
}

/** How often the `rank`-th smallest and the `rank`-th largest of `n` values enclose the median. */
export function coverage(n: number, rank: number): number {
  let below = 0;
  let term = 0.5 ** n;
  for (let count = 0; count < rank; count += 1) {
    below += term;
    term *= (n - count) / (count + 1);
  }
  return Math.max(0, 1 - 2 * below);
}
