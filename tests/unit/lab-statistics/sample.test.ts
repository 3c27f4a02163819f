// Random numbers, percentiles and intervals for proportions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquareTest } from '../../../lab/statistics/chi-square';
import { geometricMean, mean, median, percentile } from '../../../lab/statistics/percentile';
import { ruleOfThree, upperBoundOfZero, wilsonInterval } from '../../../lab/statistics/proportion';
import { randomInteger, seededRandom, shuffled, xoshiro128 } from '../../../lab/statistics/seeded-random';

test('xoshiro128() gives the published sequence for the state 1, 2, 3, 4', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  assert.deepEqual(
    Array.from({ length: 10 }, next),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
  );
});

test('seededRandom() repeats with its seed, differs between neighbours and is uniform', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  for (const seed of [0, 1, -1, 2 ** 31]) {
    const random = seededRandom(seed);
    const counts = new Array<number>(20).fill(0);
    for (let call = 0; call < 20_000; call += 1) {
      const bin = randomInteger(random, 20);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    assert.ok(chiSquareTest(counts).pValue > 0.001, `seed ${seed}: ${counts}`);
  }
});

test('shuffled() keeps the items, leaves its input alone and puts every item everywhere', () => {
  const items = ['a', 'b', 'c'] as const;
  const random = seededRandom(3);
  const orders = new Map<string, number>();
  for (let draw = 0; draw < 6000; draw += 1) {
    const order = shuffled(random, items).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.deepEqual(items, ['a', 'b', 'c']);
  assert.deepEqual([...orders.keys()].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  assert.ok(chiSquareTest([...orders.values()]).pValue > 0.001);
});

test('percentile() interpolates between order statistics as NumPy does by default', () => {
  const sample = [15, 20, 35, 40, 50];
  assert.equal(percentile(sample, 0), 15);
  assert.equal(percentile(sample, 40), 29);
  assert.equal(percentile(sample, 75), 40);
  assert.equal(percentile(sample, 100), 50);
  assert.equal(percentile([9, 1], 95), 1 + 0.95 * 8);
  assert.equal(median([3, 1, 2, 10]), 2.5);
  assert.ok(Number.isNaN(percentile([], 50)));
  assert.throws(() => percentile(sample, 101), /p must be within 0-100, got 101/);
});

test('percentile() sorts by number, not by text', () => {
  assert.equal(median([100, 9, 20]), 20);
});

test('mean() and geometricMean() are what they are called', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.ok(Math.abs(geometricMean([1, 10, 100]) - 10) < 1e-12);
  assert.ok(Number.isNaN(geometricMean([1, 0])));
});

// Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3: score interval without continuity correction.
for (const [hits, trials, low, high] of [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
] as const) {
  test(`wilsonInterval() of ${hits} in ${trials} is the published ${low} to ${high}`, () => {
    const interval = wilsonInterval(hits, trials);
    assert.equal(interval.low.toFixed(4), low.toFixed(4));
    assert.equal(interval.high.toFixed(4), high.toFixed(4));
    assert.equal(interval.estimate, hits / trials);
  });
}

test('wilsonInterval() of all hits ends at 1 and mirrors that of none', () => {
  const all = wilsonInterval(20, 20);
  assert.equal(all.high, 1);
  assert.ok(Math.abs(all.low - (1 - wilsonInterval(0, 20).high)) < 1e-12);
  assert.throws(() => wilsonInterval(3, 2), /got 3 of 2/);
});

test('ruleOfThree() is 3 / n, and never less than the exact bound', () => {
  assert.equal(ruleOfThree(20_000), 0.00015);
  assert.equal(ruleOfThree(1), 1);
  // P(no failure in n trials | p) = (1 − p)^n = 0.05 at the exact bound.
  for (const trials of [10, 100, 10_000]) {
    const exact = upperBoundOfZero(trials);
    assert.ok(Math.abs((1 - exact) ** trials - 0.05) < 1e-9);
    assert.ok(exact < ruleOfThree(trials) && exact > 0.85 * ruleOfThree(trials));
  }
});
