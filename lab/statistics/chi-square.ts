// Pearson's chi-square test: could these counts have come from these shares by chance alone?
import { regularisedGammaP, regularisedGammaQ } from './gamma';
import { invertIncreasing } from './invert';

export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** The chance of a statistic at least this large if the expected shares were true. */
  readonly pValue: number;
}

/**
 * Tests counts against expected shares (equal ones if left out). Meaningful when every expected count is at least 5.
 * @param shares relative weights, in the order of the counts; they need not add up to 1.
 */
export function chiSquareTest(counts: readonly number[], shares = counts.map(() => 1)): ChiSquareTest {
  if (counts.length < 2 || counts.length !== shares.length || shares.some((share) => !(share > 0))) {
    throw new RangeError(
      `cannot test counts: expected two or more, one positive share each, got ${counts.length} counts, shares ${shares}`,
    );
  }
  const total = sum(counts);
  const statistic = sum(
    counts.map((count, index) => {
      const expected = (total * (shares[index] as number)) / sum(shares);
      return (count - expected) ** 2 / expected;
    }),
  );
  const degreesOfFreedom = counts.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareTail(statistic, degreesOfFreedom) };
}

/** P(X ≥ x) for chi-square with k degrees of freedom. */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return regularisedGammaQ(degreesOfFreedom / 2, x / 2);
}

/** The x below which the given probability lies: 3.841459 for 0.95 and one degree of freedom. */
export function chiSquareQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`cannot take a chi-square quantile: expected 0 < probability < 1, got ${probability}`);
  }
  // Mean k and variance 2k: forty standard deviations above the mean is beyond every double below 1.
  const far = degreesOfFreedom + 40 * Math.sqrt(2 * degreesOfFreedom) + 100;
  return invertIncreasing((x) => regularisedGammaP(degreesOfFreedom / 2, x / 2), probability, 0, far);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
