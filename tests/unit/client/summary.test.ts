import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byName, summarize } from '../../../client/summary';
import { type CountedCall, Tally } from '../../../client/tally';

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
