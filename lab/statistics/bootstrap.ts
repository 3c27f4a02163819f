// Bootstrap intervals: how far a statistic would have wandered, had the same experiment been drawn again. Resampling is
// seeded, so the same data give the same interval on every machine.
import type { Interval } from './interval';
import { normalCdf, normalQuantile } from './normal';
import { mean, percentileOfSorted, sorted } from './percentile';
import { type Random, randomInteger, seededRandom } from './seeded-random';

export interface BootstrapOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** How often the sample is drawn again; default 2000. */
  readonly resamples?: number;
  /**
   * `bca` corrects for bias and for a spread that depends on the value (Efron 1987); `percentile` reads the resampled
   * statistics as they are. Default bca.
   */
  readonly method?: 'percentile' | 'bca';
  /** Default: a generator with a fixed seed, so that a report repeats. */
  readonly random?: Random;
}

/**
 * An interval for `statistic` of `sample`, whose items must be independent draws: repetitions of an event, not the
 * calls within one. A sample of one item has no spread to learn from: the interval is then the whole line.
 */
export function bootstrapInterval<T>(
  sample: readonly T[],
  statistic: (sample: readonly T[]) => number,
  { confidence = 0.95, resamples = 2000, method = 'bca', random = seededRandom(1) }: BootstrapOptions = {},
): Interval {
  const estimate = statistic(sample);
  if (sample.length < 2) {
    return { low: Number.NEGATIVE_INFINITY, estimate, high: Number.POSITIVE_INFINITY, confidence };
  }
  const draws = new Float64Array(resamples);
  for (let draw = 0; draw < resamples; draw += 1) {
    draws[draw] = statistic(sample.map(() => sample[randomInteger(random, sample.length)] as T));
  }
  const ascending = sorted(draws);
  const tail = (1 - confidence) / 2;
  const [lowTail, highTail] =
    method === 'bca' ? correctedTails(sample, statistic, estimate, ascending, tail) : [tail, 1 - tail];
  return {
    low: percentileOfSorted(ascending, lowTail * 100),
    estimate,
    high: percentileOfSorted(ascending, highTail * 100),
    confidence,
  };
}

/** Bias correction z₀ from the share of draws below the estimate, acceleration from the jackknife. */
export function correctedTails<T>(
  sample: readonly T[],
  statistic: (sample: readonly T[]) => number,
  estimate: number,
  draws: ArrayLike<number>,
  tail: number,
): [number, number] {
  const bias = biasCorrection(draws, estimate);
  // All draws on one side: there is nothing to correct by, the plain percentiles stand.
  if (!Number.isFinite(bias)) return [tail, 1 - tail];
  const speed = acceleration(sample, statistic);
  const shift = (probability: number) => {
    const z = bias + normalQuantile(probability);
    return normalCdf(bias + z / (1 - speed * z));
  };
  return [shift(tail), shift(1 - tail)];
}

/** z₀; draws equal to the estimate count half, which matters for counts and medians. */
export function biasCorrection(draws: ArrayLike<number>, estimate: number): number {
  let below = 0;
  for (let index = 0; index < draws.length; index += 1) {
    const draw = draws[index] as number;
    below += draw < estimate ? 1 : draw === estimate ? 0.5 : 0;
  }
  const share = below / draws.length;
  if (share === 0) return Number.NEGATIVE_INFINITY;
  return share === 1 ? Number.POSITIVE_INFINITY : normalQuantile(share);
}

/** a, from the statistic of the sample with each item left out in turn; 0 where leaving items out changes nothing. */
export function acceleration<T>(sample: readonly T[], statistic: (sample: readonly T[]) => number): number {
  const leftOut = sample.map((_, index) => statistic(sample.toSpliced(index, 1)));
  const centre = mean(leftOut);
  const squares = mean(leftOut.map((value) => (centre - value) ** 2)) * sample.length;
  const cubes = mean(leftOut.map((value) => (centre - value) ** 3)) * sample.length;
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
