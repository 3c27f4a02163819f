// Bootstrap, paired ratios and trends, against published examples.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceleration, biasCorrection, bootstrapInterval } from '../../../lab/statistics/bootstrap';
import { blockOrder, blockRatio, pairedRatio } from '../../../lab/statistics/paired-ratio';
import { mean, median } from '../../../lab/statistics/percentile';
import { seededRandom } from '../../../lab/statistics/seeded-random';
import { kendallVariance, theilSenTrend } from '../../../lab/statistics/theil-sen';

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

test('bootstrapInterval() repeats itself, and knows nothing from one item', () => {
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

test('blockRatio() divides geometric means, so a factor on a whole block cancels', () => {
  assert.ok(Math.abs(blockRatio({ a: [2, 8], b: [1, 4] }) - 2) < 1e-12);
  assert.ok(Math.abs(blockRatio({ a: [20, 80], b: [10, 40] }) - 2) < 1e-12);
});

test('pairedRatio() finds a difference of 10 % under drift that is five times as large', () => {
  const random = seededRandom(5);
  const blocks = Array.from({ length: 16 }, (_, index) => {
    const drift = 1 + 0.5 * Math.sin(index);
    const noisy = (value: number) => value * drift * (1 + 0.02 * (random() - 0.5));
    return { a: [noisy(110), noisy(110)], b: [noisy(100), noisy(100)] };
  });
  const { low, estimate, high } = pairedRatio(blocks);
  assert.ok(Math.abs(estimate - 1.1) < 0.01, `estimate ${estimate}`);
  assert.ok(low > 1.08 && high < 1.12, `interval ${low} to ${high}`);
  assert.throws(() => pairedRatio([]), /expected one block or more/);
});

test('blockOrder() draws both orders, each with every variant twice', () => {
  const random = seededRandom(1);
  const orders = new Set(Array.from({ length: 20 }, () => blockOrder(random).join('')));
  assert.deepEqual([...orders].sort(), ['abba', 'baab']);
});

test('theilSenTrend() repeats the example of Sen (1968)', () => {
  const x = [1, 2, 3, 4, 10, 12, 18];
  const y = [9, 15, 19, 20, 45, 55, 78];
  const points = x.map((value, index) => ({ x: value, y: y[index] as number }));
  const { slope, intercept } = theilSenTrend(points, 0.93);
  assert.equal(slope.estimate, 4);
  assert.equal(intercept, 4);
  assert.equal(slope.low.toFixed(2), '3.71');
  assert.equal(slope.high.toFixed(2), '4.38');
});

test('theilSenTrend() sees growth through outliers, and none in noise', () => {
  const random = seededRandom(2);
  const series = (growth: number) =>
    Array.from({ length: 3000 }, (_, x) => ({ x, y: 100 + growth * x + random() + (x % 10 === 0 ? 500 : 0) }));
  const growing = theilSenTrend(series(0.01));
  assert.ok(Math.abs(growing.slope.estimate - 0.01) < 0.0005, `slope ${growing.slope.estimate}`);
  assert.ok(growing.slope.low > 0);
  const flat = theilSenTrend(series(0));
  assert.ok(flat.slope.low <= 0 && flat.slope.high >= 0, JSON.stringify(flat));
});

test('theilSenTrend() of fewer than two points is not a number', () => {
  assert.ok(Number.isNaN(theilSenTrend([{ x: 1, y: 1 }]).slope.estimate));
  assert.ok(Number.isNaN(theilSenTrend([]).slope.high));
});

test('biasCorrection() counts draws that equal the estimate as half below it', () => {
  assert.ok(Math.abs(biasCorrection([1, 2, 2, 3], 2)) < 1e-12);
  assert.equal(biasCorrection([3, 4], 2), Number.NEGATIVE_INFINITY);
  assert.equal(biasCorrection([0, 1], 2), Number.POSITIVE_INFINITY);
});

test('kendallVariance() is n (n − 1) (2n + 5) / 18, less for ties of either coordinate', () => {
  const points = (pairs: readonly (readonly [number, number])[]) => pairs.map(([x, y]) => ({ x, y }));
  assert.equal(
    kendallVariance(
      points([
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ]),
    ),
    (4 * 3 * 13) / 18,
  );
  assert.equal(
    kendallVariance(
      points([
        [1, 1],
        [2, 1],
        [3, 3],
        [4, 3],
      ]),
    ),
    (4 * 3 * 13 - 2 * (2 * 1 * 9)) / 18,
  );
  assert.equal(
    kendallVariance(
      points([
        [1, 1],
        [1, 2],
        [1, 3],
        [4, 4],
      ]),
    ),
    (4 * 3 * 13 - 3 * 2 * 11) / 18,
  );
});
