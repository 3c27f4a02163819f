// Incomplete gamma functions against closed forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logGamma, regularisedGammaP, regularisedGammaQ } from '../../../../lab/statistics/gamma';

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
