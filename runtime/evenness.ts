// How evenly calls are spread: the one place where these figures are defined.

/**
 * (Σx)² / (n · Σx²): 1 when all counts are equal, 1/n when one has everything (Jain, Chiu, Hawe 1984, DEC-TR-301). NaN without any
 * count.
 */
export function jainIndex(counts: readonly number[]): number {
  const squares = counts.reduce((sum, count) => sum + count * count, 0);
  return sumOf(counts) ** 2 / (counts.length * squares);
}

/** Standard deviation of the whole population over the mean: 0 when all counts are equal. NaN without any count. */
export function coefficientOfVariation(counts: readonly number[]): number {
  const mean = meanOf(counts);
  const variance = meanOf(counts.map((count) => (count - mean) ** 2));
  return Math.sqrt(variance) / mean;
}

/** The largest count over the mean: 1 when all are equal, n when one has everything. NaN without any count. */
export function maxOverMean(counts: readonly number[]): number {
  return Math.max(...counts) / meanOf(counts);
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
