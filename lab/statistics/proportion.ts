// How sure a count of failures is: an interval for a proportion, and what seeing none at all proves.
import type { Interval } from './interval';
import { twoSidedZ } from './normal';

/** Wilson's score interval for `hits` out of `trials`; sound for small counts, for 0 and for all. */
export function wilsonInterval(hits: number, trials: number, confidence = 0.95): Interval {
  checkCount(hits, trials);
  const z = twoSidedZ(confidence);
  const p = hits / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (p + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials));
  return {
    low: hits === 0 ? 0 : centre - half,
    estimate: p,
    high: hits === trials ? 1 : centre + half,
    confidence,
  };
}

/**
 * The rule of three: the largest failure rate that `trials` trials with no failure leave possible at 95 % confidence,
 * 3 / trials. 20,000 calls without a failure say "below 150 in a million", not "never".
 */
export function ruleOfThree(trials: number): number {
  checkCount(0, trials);
  return Math.min(1, 3 / trials);
}

/** The exact form of the rule of three for any confidence: 1 − (1 − confidence)^(1 / trials). */
export function upperBoundOfZero(trials: number, confidence = 0.95): number {
  checkCount(0, trials);
  return -Math.expm1(Math.log1p(-confidence) / trials);
}

function checkCount(hits: number, trials: number): void {
  if (!(Number.isInteger(hits) && Number.isInteger(trials) && hits >= 0 && trials >= 1 && hits <= trials)) {
    throw new RangeError(
      `cannot judge a proportion: expected 0 <= hits <= trials and a trial, got ${hits} of ${trials}`,
    );
  }
}
