// Percentiles, the median and the geometric mean. The method is stated because it matters for small samples.

/**
 * The p-th percentile (0–100) by linear interpolation between the two nearest order statistics: rank p/100 · (n − 1)
 * counted from 0. This is type 7 of Hyndman and Fan, the default of NumPy, R and Excel. NaN for an empty sample.
 */
export function percentile(sample: Iterable<number>, p: number): number {
  return percentileOfSorted(sorted(sample), p);
}

/** As `percentile`, for a sample already in ascending order: sort once, then ask for many percentiles. */
export function percentileOfSorted(ascending: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 100)) throw new RangeError(`cannot take a percentile: p must be within 0-100, got ${p}`);
  if (ascending.length === 0) return Number.NaN;
  const rank = (p / 100) * (ascending.length - 1);
  const below = Math.floor(rank);
  const low = ascending[below] as number;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] as number;
  return low + (rank - below) * (high - low);
}

export function median(sample: Iterable<number>): number {
  return percentile(sample, 50);
}

/** The arithmetic mean; NaN for an empty sample. */
export function mean(sample: readonly number[]): number {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length;
}

/** The geometric mean of positive numbers; NaN for an empty sample or one with a number that is not positive. */
export function geometricMean(sample: readonly number[]): number {
  if (sample.some((value) => !(value > 0))) return Number.NaN;
  return Math.exp(mean(sample.map(Math.log)));
}

/** Ascending, numerically; typed arrays sort faster than arrays with a comparator. */
export function sorted(sample: Iterable<number>): Float64Array {
  return Float64Array.from(sample).sort();
}
