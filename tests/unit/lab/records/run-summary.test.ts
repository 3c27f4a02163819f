import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarizeRun } from '../../../../lab/records/run-summary';
import { evenRun, unevenRun } from '../../../support/sample-runs';

test('summarizeRun() counts each load and all of them', () => {
  const { calls } = unevenRun();
  const named = calls.map((call, index) => (index % 4 === 0 ? { ...call, load: 'other' } : call));
  const { total, loads } = summarizeRun(named);
  assert.deepEqual(Object.keys(loads), ['main', 'other']);
  assert.equal(total.calls, calls.length);
  assert.equal((loads.main?.calls ?? 0) + (loads.other?.calls ?? 0), calls.length);
  assert.equal(total.failed, 300);
  assert.deepEqual(total.byCode, { OK: calls.length - 300, UNAVAILABLE: 300 });
  assert.deepEqual(Object.keys(total.pods), ['grpc-server-1']);
});

test('summarizeRun() lists loads as a reader counts them', () => {
  const loads = ['run-10', 'run-2', 'run-1'];
  const calls = evenRun().calls.map((call, index) => ({ ...call, load: loads[index % loads.length] ?? '' }));
  assert.deepEqual(Object.keys(summarizeRun(calls).loads), ['run-1', 'run-2', 'run-10']);
});

test('summarizeRun() counts calls that were sent more than 100 ms late', () => {
  const [call] = evenRun().calls;
  assert.ok(call);
  const late = (ms: number) => ({ ...call, sentMs: call.intendedMs + ms });
  assert.equal(summarizeRun([late(0), late(99), late(101), late(5000)]).total.behindSchedule, 2);
});

test('summarizeRun() counts calls that were never sent among the late ones, and takes latency from when calls were due', () => {
  const [call] = evenRun().calls;
  assert.ok(call);
  const calls = [call, { ...call, sentMs: call.intendedMs + 500, latencyMs: 2, neverSent: 40 }];
  const { behindSchedule, neverSent, latencyFromDueMs } = summarizeRun(calls).total;
  assert.deepEqual([behindSchedule, neverSent, latencyFromDueMs.max], [41, 40, 502]);
});
