import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalCdf, normalQuantile, twoSidedZ } from '../../../../lab/statistics/normal';

function assertClose(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

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
