// What the coefficient of variation (standard deviation over mean) of the calls per pod must be, by policy and by theory
// alone. The population form is meant: divided by n, as Jain's index implies.
import { chiSquareQuantile } from './chi-square';
import type { Interval } from './interval';

/** `pods` share `calls`. */
export interface Spread {
  readonly pods: number;
  readonly calls: number;
}

/**
 * Round robin with W independent states. One state is exact: its remainder of calls mod n is known. Of several states
 * each leaves a remainder that is uniform over 0 … n − 1, with variance (n² − 1) / 6n² per pod; so the standard
 * deviation is √(W (n² − 1) / 6n²) calls ≈ √(W/6) and the CV ≈ √(W/6) · n / m, whatever m is.
 * The interval is certain, not likely: max − min ≤ W leaves at most W / 2 calls of standard deviation.
 */
export function roundRobinVariation({ pods, calls }: Spread, states: number): Interval {
  if (states === 1) {
    const remainder = calls % pods;
    const exact = Math.sqrt(remainder * (pods - remainder)) / calls;
    return { low: exact, estimate: exact, high: exact, confidence: 1 };
  }
  const estimate = Math.sqrt((states * (pods * pods - 1)) / 6) / calls;
  return { low: 0, estimate, high: (states * pods) / (2 * calls), confidence: 1 };
}

/**
 * A policy that picks at random, each pod alike: RANDOM, and LEAST_REQUEST while no pod has calls waiting. CV² · m is
 * Pearson's statistic, so CV² follows chi-square with n − 1 degrees of freedom divided by m, and CV ≈ √((n − 1) / m).
 */
export function randomVariation({ pods, calls }: Spread, confidence = 0.95): Interval {
  const degreesOfFreedom = pods - 1;
  const tail = (1 - confidence) / 2;
  const at = (probability: number) => Math.sqrt(chiSquareQuantile(probability, degreesOfFreedom) / calls);
  return { low: at(tail), estimate: Math.sqrt(degreesOfFreedom / calls), high: at(1 - tail), confidence };
}
