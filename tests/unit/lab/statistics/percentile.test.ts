import assert from 'node:assert/strict';
import { test } from 'node:test';
import { geometricMean, mean, median, percentile } from '../../../../lab/statistics/percentile';

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

test('mean() and geometricMean() compute what their names say', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.ok(Math.abs(geometricMean([1, 10, 100]) - 10) < 1e-12);
  assert.ok(Number.isNaN(geometricMean([1, 0])));
});
