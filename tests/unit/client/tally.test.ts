import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CountedCall, OTHER_NAMES, Tally } from '../../../client/tally';

const due = { intendedMs: 5, sentMs: 5 };
const ok: CountedCall = { ...due, code: 'OK', pod: 'a', via: 'e', attempts: 1, latencyMs: 1 };
const failed: CountedCall = { ...due, code: 'INTERNAL', pod: '', via: 'e', attempts: 3, latencyMs: 50 };

describe('Tally', () => {
  it('counts OK answers per pod and per Envoy, and all calls per code', () => {
    const tally = new Tally();
    for (const outcome of [ok, { ...ok, pod: 'b' }, ok, failed]) tally.record(outcome);
    assert.deepEqual([tally.calls, tally.ok, tally.failed, tally.attempts], [4, 3, 1, 6]);
    assert.deepEqual(Object.fromEntries(tally.pods), { a: 2, b: 1 });
    assert.deepEqual(Object.fromEntries(tally.envoys), { e: 3 });
    assert.deepEqual(Object.fromEntries(tally.codes), { OK: 3, INTERNAL: 1 });
  });

  it('takes the latency of OK answers only', () => {
    const tally = new Tally();
    tally.record(ok);
    tally.record(failed);
    assert.equal(tally.latency.max, 1);
  });

  it('takes it from sending, and from when the call was due', () => {
    const tally = new Tally();
    tally.record({ ...ok, sentMs: 305 });
    assert.deepEqual([tally.latency.max, tally.latencyFromDue.max], [1, 301]);
  });

  it('counts no Envoy without a signature', () => {
    const tally = new Tally();
    tally.record({ ...ok, via: '' });
    assert.equal(tally.envoys.size, 0);
  });

  it('stays small when every answer brings a new name', () => {
    const tally = new Tally();
    for (let i = 0; i < 5000; i++) tally.record({ ...ok, pod: `pod-${i}` });
    tally.record({ ...ok, pod: 'pod-0' });
    assert.equal(tally.pods.size, 1001);
    assert.equal(tally.pods.get('pod-0'), 2);
    assert.equal(tally.pods.get(OTHER_NAMES), 4000);
  });
});
