import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import { coverage, signInterval } from '../../../../lab/statistics/sign-interval';

test('coverage() is one minus both tails of the binomial distribution', () => {
  // 2 · (½)⁵; and for ranks 2 of 10: 2 · (1 + 10) / 1024.
  assert.equal(coverage(5, 1), 1 - 2 / 32);
  assert.ok(Math.abs(coverage(10, 2) - (1 - 22 / 1024)) < 1e-12);
});

test('signInterval() takes the narrowest pair of values that covers, and says what it covers', () => {
  const ten = [10, 1, 9, 2, 8, 3, 7, 4, 6, 5];
  assert.deepEqual(signInterval(ten), { low: 2, estimate: 5.5, high: 9, confidence: coverage(10, 2) });
  assert.deepEqual(signInterval([3, 1, 2]), { low: 1, estimate: 2, high: 3, confidence: 0.75 });
  assert.deepEqual(signInterval([7]), { low: 7, estimate: 7, high: 7, confidence: 0 });
  assert.throws(() => signInterval([]), /expected one value or more/);
});

test('signInterval() encloses the median as often as it says', () => {
  const random = seededRandom(11);
  let enclosed = 0;
  for (let run = 0; run < 2000; run += 1) {
    // Skewed on purpose: the median of an exponential distribution is ln 2.
    const { low, high } = signInterval(Array.from({ length: 7 }, () => -Math.log(1 - random())));
    if (low <= Math.LN2 && Math.LN2 <= high) enclosed += 1;
  }
  assert.ok(Math.abs(enclosed / 2000 - coverage(7, 1)) < 0.012, `${enclosed} of 2000`);
});
