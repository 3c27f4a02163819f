// The standard normal distribution: its cumulative probability and its quantile.

import { regularisedGammaP, regularisedGammaQ } from './gamma';
import { invertIncreasing } from './invert';

/** P(Z ≤ z). */
export function normalCdf(z: number): number {
  const half = z * z * 0.5;
  return z >= 0 ? 0.5 * (1 + regularisedGammaP(0.5, half)) : 0.5 * regularisedGammaQ(0.5, half);
}

/** The z with P(Z ≤ z) = probability, for 0 < probability < 1: 1.959964 for 0.975. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`cannot take a normal quantile: expected 0 < probability < 1, got ${probability}`);
  }
  return invertIncreasing(normalCdf, probability, -40, 40);
}

/** The z that leaves (1 − confidence) / 2 in each tail: 1.959964 for a confidence of 0.95. */
export function twoSidedZ(confidence: number): number {
  return normalQuantile(0.5 + confidence / 2);
}
