import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byName, coefficientOfVariation, jainIndex, maxOverMean, summarize } from '../../../client/summary';
import { type CountedCall, Tally } from '../../../client/tally';

// x = 1 2 3: Σx = 6, Σx² = 14, mean 2, variance (1 + 0 + 1) / 3.
// x = 4 4 2 0: Σx = 10, Σx² = 36, mean 2.5, variance (2.25 + 2.25 + 0.25 + 6.25) / 4 = 2.75.
const VECTORS = [
  { counts: [5], jain: 1, cv: 0, maxOverMean: 1 },
  { counts: [7, 7, 7], jain: 1, cv: 0, maxOverMean: 1 },
  { counts: [9, 0, 0], jain: 1 / 3, cv: Math.SQRT2, maxOverMean: 3 },
  { counts: [1, 2, 3], jain: 36 / (3 * 14), cv: Math.sqrt(2 / 3) / 2, maxOverMean: 1.5 },
  { counts: [4, 4, 2, 0], jain: 100 / (4 * 36), cv: Math.sqrt(2.75) / 2.5, maxOverMean: 1.6 },
];

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `expected ${expected}, got ${actual}`);
}

describe('evenness', () => {
  for (const { counts, ...expected } of VECTORS) {
    it(`jainIndex(), coefficientOfVariation() and maxOverMean() of ${counts.join(' ')}`, () => {
      near(jainIndex(counts), expected.jain);
      near(coefficientOfVariation(counts), expected.cv);
      near(maxOverMean(counts), expected.maxOverMean);
    });
  }

  it('jainIndex() and coefficientOfVariation() agree: J = 1 / (1 + cv²)', () => {
    const counts = [3333, 3334, 3333, 17, 4];
    near(jainIndex(counts), 1 / (1 + coefficientOfVariation(counts) ** 2));
  });
});

const due = { intendedMs: 1000, sentMs: 1000 };
const ok: CountedCall = { ...due, code: 'OK', pod: 'grpc-server-1', via: 'envoy-1', attempts: 1, latencyMs: 2 };

describe('summarize()', () => {
  it('states counts, shares, evenness and latency', () => {
    const tally = new Tally();
    tally.record(ok);
    tally.record({ ...ok, pod: 'grpc-server-10', latencyMs: 4 });
    tally.record({ ...ok, pod: 'grpc-server-2', via: 'envoy-2', attempts: 2, latencyMs: 10 });
    tally.record({ ...ok, pod: 'grpc-server-2', latencyMs: 8, sentMs: 1500 });
    tally.record({ ...due, code: 'UNAVAILABLE', pod: '', via: '', attempts: 5, latencyMs: 900 });
    const summary = summarize(tally, { behindSchedule: 3, neverSent: 2 });
    const { latencyMs, latencyFromDueMs, ...rest } = summary;
    assert.deepEqual(rest, {
      calls: 5,
      ok: 4,
      failed: 1,
      byCode: { OK: 4, UNAVAILABLE: 1 },
      pods: { 'grpc-server-1': 1, 'grpc-server-2': 2, 'grpc-server-10': 1 },
      envoys: { 'envoy-1': 3, 'envoy-2': 1 },
      jain: Number((16 / 18).toFixed(6)),
      cv: 0.353553,
      maxOverMean: 1.5,
      attemptsPerCall: 2,
      behindSchedule: 3,
      neverSent: 2,
    });
    assert.deepEqual(Object.keys(rest.pods), ['grpc-server-1', 'grpc-server-2', 'grpc-server-10']);
    assert.equal(latencyMs.max, 10);
    // The call that was sent 500 ms late.
    assert.equal(latencyFromDueMs.max, 508);
    assert.ok(Math.abs(latencyFromDueMs.p50 / 4 - 1) <= 0.005, `p50 from due is ${latencyFromDueMs.p50}`);
    for (const [key, expected] of [
      ['p50', 4],
      ['p90', 10],
      ['p99', 10],
    ] as const) {
      assert.ok(Math.abs(latencyMs[key] / expected - 1) <= 0.005, `${key} is ${latencyMs[key]}`);
    }
  });

  it('has null, and never NaN, where no call was made', () => {
    assert.deepEqual(summarize(new Tally(), { behindSchedule: 0, neverSent: 0 }), {
      calls: 0,
      ok: 0,
      failed: 0,
      byCode: {},
      pods: {},
      envoys: {},
      jain: null,
      cv: null,
      maxOverMean: null,
      latencyMs: { p50: 0, p90: 0, p99: 0, max: 0 },
      latencyFromDueMs: { p50: 0, p90: 0, p99: 0, max: 0 },
      attemptsPerCall: null,
      behindSchedule: 0,
      neverSent: 0,
    });
  });
});

describe('byName()', () => {
  it('keeps a count under any name that a network may send', () => {
    const counts = byName(new Map([['__proto__', 2]]));
    assert.equal(JSON.stringify(counts), '{"__proto__":2}');
  });
});
