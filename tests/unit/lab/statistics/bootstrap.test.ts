// Bootstrap intervals, against published examples.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceleration, biasCorrection, bootstrapInterval } from '../../../../lab/statistics/bootstrap';
import { mean, median } from '../../../../lab/statistics/percentile';
import { seededRandom } from '../../../../lab/statistics/seeded-random';

// Spatial test data of Efron and Tibshirani, An Introduction to the Bootstrap (1993), table 14.1.
const SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

function variance(sample: readonly number[]): number {
  const centre = mean(sample);
  return mean(sample.map((value) => (value - centre) ** 2));
}

test('bootstrapInterval() repeats the published intervals of the spatial test data', () => {
  assert.equal(variance(SPATIAL).toFixed(1), '171.5');
  assert.equal(acceleration(SPATIAL, variance).toFixed(3), '0.061');
  const options = { confidence: 0.9, resamples: 10_000 };
  const near = (actual: number, published: number) => {
    assert.ok(Math.abs(actual - published) < 4, `${actual} is not near ${published}`);
  };
  // Table 14.2: percentile (100.8, 233.9), BCa (115.8, 259.6); the draws differ, so the last digits do.
  const plain = bootstrapInterval(SPATIAL, variance, { ...options, method: 'percentile', random: seededRandom(14) });
  near(plain.low, 100.8);
  near(plain.high, 233.9);
  const corrected = bootstrapInterval(SPATIAL, variance, { ...options, method: 'bca', random: seededRandom(14) });
  near(corrected.low, 115.8);
  near(corrected.high, 259.6);
  assert.equal(corrected.estimate, variance(SPATIAL));
});

test('bootstrapInterval() covers the truth about as often as it says', () => {
  const random = seededRandom(99);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let covered = 0;
  for (let trial = 0; trial < 200; trial += 1) {
    const sample = Array.from({ length: 30 }, () => 5 + normal());
    const { low, high } = bootstrapInterval(sample, mean, { resamples: 400, random });
    if (low <= 5 && high >= 5) covered += 1;
  }
  assert.ok(covered >= 178 && covered <= 199, `covered ${covered} of 200`);
});

test('bootstrapInterval() is repeatable, and gives nothing for one item', () => {
  const repeat = () => bootstrapInterval([1, 5, 2, 8, 4], median, { resamples: 200 });
  assert.deepEqual(repeat(), repeat());
  assert.deepEqual(bootstrapInterval([3], mean), {
    low: Number.NEGATIVE_INFINITY,
    estimate: 3,
    high: Number.POSITIVE_INFINITY,
    confidence: 0.95,
  });
});

test('bootstrapInterval() of equal items is that value alone', () => {
  const { low, estimate, high } = bootstrapInterval([2, 2, 2, 2], mean, { resamples: 100 });
  assert.deepEqual([low, estimate, high], [2, 2, 2]);
});

test('biasCorrection() counts draws that equal the estimate as half below it', () => {
  assert.ok(Math.abs(biasCorrection([1, 2, 2, 3], 2)) < 1e-12);
  assert.equal(biasCorrection([3, 4], 2), Number.NEGATIVE_INFINITY);
  assert.equal(biasCorrection([0, 1], 2), Number.POSITIVE_INFINITY);
});
