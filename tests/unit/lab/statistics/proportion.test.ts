// Intervals for proportions, against a published table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleOfThree, upperBoundOfZero, wilsonInterval } from '../../../../lab/statistics/proportion';

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

test('wilsonInterval() of all hits ends at 1 and mirrors that of no hits', () => {
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
