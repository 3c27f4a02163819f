// Chi-square against published tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquareQuantile, chiSquareTail, chiSquareTest } from '../../../../lab/statistics/chi-square';

function assertClose(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

// Critical values of the chi-square distribution: NIST/SEMATECH e-Handbook 1.3.6.7.4, with the usual six decimals.
const CHI_SQUARE_TABLE = [
  [0.95, 1, 3.841459],
  [0.99, 1, 6.634897],
  [0.95, 4, 9.487729],
  [0.05, 5, 1.145476],
  [0.99, 9, 21.665994],
  [0.9, 10, 15.987179],
  [0.95, 30, 43.772972],
  [0.95, 100, 124.342113],
] as const;

for (const [probability, degreesOfFreedom, value] of CHI_SQUARE_TABLE) {
  test(`chiSquareQuantile() of ${probability} with ${degreesOfFreedom} degrees of freedom is ${value}`, () => {
    assertClose(chiSquareQuantile(probability, degreesOfFreedom), value, 1e-6);
    assertClose(chiSquareTail(value, degreesOfFreedom), 1 - probability, 1e-6);
  });
}

test('chiSquareTest() repeats the textbook test of Mendel’s peas (9 : 3 : 3 : 1)', () => {
  const { statistic, degreesOfFreedom, pValue } = chiSquareTest([315, 108, 101, 32], [9, 3, 3, 1]);
  assertClose(statistic, 0.470024, 1e-6);
  assert.equal(degreesOfFreedom, 3);
  assertClose(pValue, 0.925426, 1e-6);
});

test('chiSquareTest() of equal counts is 0 with p = 1, of one pod that has everything it is beyond chance', () => {
  assert.deepEqual(chiSquareTest([10, 10, 10]), { statistic: 0, degreesOfFreedom: 2, pValue: 1 });
  const { statistic, pValue } = chiSquareTest([300, 0, 0]);
  assert.equal(statistic, 600);
  assertClose(pValue / Math.exp(-300), 1, 1e-9);
});

test('chiSquareTest() refuses a single pod and shares of another length', () => {
  assert.throws(() => chiSquareTest([5]), /expected two or more/);
  assert.throws(() => chiSquareTest([5, 5], [1]), RangeError);
});
