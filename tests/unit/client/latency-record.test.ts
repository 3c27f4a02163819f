import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LatencyRecord } from '../../../client/latency-record';

/** Nearest rank, over the values themselves. */
function exactPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? 0;
}

describe('LatencyRecord', () => {
  it('has zeros when it is empty', () => {
    const latencies = new LatencyRecord();
    assert.deepEqual([latencies.percentile(50), latencies.max], [0, 0]);
  });

  it('agrees with the exact nearest rank to 0.5 % from microseconds to minutes', () => {
    const latencies = new LatencyRecord();
    const values = Array.from({ length: 2001 }, (_, i) => 0.002 * 1.008 ** i);
    for (const value of values) latencies.add(value);
    for (const percent of [0, 1, 25, 50, 90, 99, 99.9, 100]) {
      const exact = exactPercentile(values, percent);
      const error = Math.abs(latencies.percentile(percent) / exact - 1);
      assert.ok(error <= 0.005, `p${percent}: ${latencies.percentile(percent)} for ${exact}`);
    }
  });

  it('never reports a percentile above the largest value', () => {
    const latencies = new LatencyRecord();
    latencies.add(1.0001);
    assert.equal(latencies.percentile(99), Math.min(latencies.percentile(99), latencies.max));
    assert.equal(latencies.max, 1.0001);
  });

  for (const value of [0, 1e-9, 1e12]) {
    it(`takes ${value} ms into its outermost bucket`, () => {
      const latencies = new LatencyRecord();
      latencies.add(value);
      latencies.add(5);
      assert.ok(Number.isFinite(latencies.percentile(100)));
      assert.equal(latencies.max, Math.max(value, 5));
    });
  }
});
