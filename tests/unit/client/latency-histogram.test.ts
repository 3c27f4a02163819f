import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LatencyHistogram } from '../../../client/latency-histogram';

/** Nearest rank, over the values themselves. */
function exactPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? 0;
}

describe('LatencyHistogram', () => {
  it('has zeros when it is empty', () => {
    const histogram = new LatencyHistogram();
    assert.deepEqual([histogram.percentile(50), histogram.max], [0, 0]);
  });

  it('agrees with the exact nearest rank to 0.5 % from microseconds to minutes', () => {
    const histogram = new LatencyHistogram();
    const values = Array.from({ length: 2001 }, (_, i) => 0.002 * 1.008 ** i);
    for (const value of values) histogram.add(value);
    for (const percent of [0, 1, 25, 50, 90, 99, 99.9, 100]) {
      const exact = exactPercentile(values, percent);
      const error = Math.abs(histogram.percentile(percent) / exact - 1);
      assert.ok(error <= 0.005, `p${percent}: ${histogram.percentile(percent)} for ${exact}`);
    }
  });

  it('never reports a percentile above the largest value', () => {
    const histogram = new LatencyHistogram();
    histogram.add(1.0001);
    assert.equal(histogram.percentile(99), Math.min(histogram.percentile(99), histogram.max));
    assert.equal(histogram.max, 1.0001);
  });

  for (const value of [0, 1e-9, 1e12]) {
    it(`takes ${value} ms into its outermost bucket`, () => {
      const histogram = new LatencyHistogram();
      histogram.add(value);
      histogram.add(5);
      assert.ok(Number.isFinite(histogram.percentile(100)));
      assert.equal(histogram.max, Math.max(value, 5));
    });
  }
});
