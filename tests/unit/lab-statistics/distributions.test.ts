// Probabilities against published tables and closed forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquareQuantile, chiSquareTail, chiSquareTest } from '../../../lab/statistics/chi-square';
import { logGamma, regularisedGammaP, regularisedGammaQ } from '../../../lab/statistics/gamma';
import { normalCdf, normalQuantile, twoSidedZ } from '../../../lab/statistics/normal';

function assertClose(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

test('logGamma() gives ln (n − 1)! for integers and ln √π for one half', () => {
  assertClose(logGamma(1), 0, 1e-14);
  assertClose(logGamma(5), Math.log(24), 1e-13);
  assertClose(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-14);
  assertClose(logGamma(0.1), 2.252712651734206, 1e-13);
  assertClose(logGamma(100), 359.1342053695754, 1e-10);
});

test('regularisedGammaP() of a = 1 is 1 − e^−x, on both sides of the switch of method', () => {
  for (const x of [0, 0.01, 0.5, 1.9, 2.1, 10, 50]) {
    assertClose(regularisedGammaP(1, x), 1 - Math.exp(-x), 1e-14);
    assertClose(regularisedGammaQ(1, x), Math.exp(-x), 1e-14);
  }
});

test('regularisedGammaQ() of an integer a is the Poisson sum, far into the tail', () => {
  for (const [a, x] of [
    [5, 5],
    [10, 3],
    [3, 40],
  ] as const) {
    let term = Math.exp(-x);
    let sum = term;
    for (let k = 1; k < a; k += 1) {
      term *= x / k;
      sum += term;
    }
    assertClose(regularisedGammaQ(a, x) / sum, 1, 1e-12);
  }
});

test('an incomplete gamma outside its domain is refused', () => {
  assert.throws(() => regularisedGammaP(0, 1), /expected a > 0 and x >= 0, got a = 0/);
  assert.throws(() => regularisedGammaQ(1, -1), RangeError);
  assert.throws(() => logGamma(0), RangeError);
});

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

test('normalCdf() and normalQuantile() agree with the table of the normal distribution', () => {
  assertClose(normalCdf(0), 0.5, 1e-15);
  assertClose(normalCdf(1), 0.841344746068543, 1e-14);
  assertClose(normalCdf(-1.96), 0.02499789514822, 1e-14);
  assertClose(normalCdf(-8) / 6.22096057427178e-16, 1, 1e-9);
  assertClose(normalQuantile(0.975), 1.959963984540054, 1e-12);
  assertClose(normalQuantile(0.05), -1.6448536269514722, 1e-12);
  assertClose(twoSidedZ(0.99), 2.5758293035489004, 1e-12);
  assert.throws(() => normalQuantile(1), RangeError);
});
