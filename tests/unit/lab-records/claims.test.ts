// Judging: a claim holds by its threshold alone, and never by accident.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, judge, type Measurement, satisfies, type Threshold } from '../../../lab/records/claim';
import { summarizeRun } from '../../../lab/records/run-summary';
import { verdictOf } from '../../../lab/records/verdict';
import { evenRun, unevenRun } from '../../support/sample-runs';

const claim = (threshold: Threshold, more: Partial<Claim> = {}): Claim => ({
  id: 'it',
  text: 'It holds.',
  threshold,
  unit: 'calls',
  ...more,
});
const passes = (threshold: Threshold, measurement: Measurement, more?: Partial<Claim>) =>
  judge([claim(threshold, more)], { it: measurement })[0]?.pass;

for (const [threshold, inside, outside] of [
  [{ atMost: 2 }, [2, -5], [2.0001]],
  [{ atLeast: 0.99999 }, [0.99999, 1], [0.999989]],
  [{ equals: 0 }, [0, -0], [1, 1e-9]],
  [{ between: [1, 3] }, [1, 3], [0.99, 3.01]],
] as const) {
  test(`satisfies() reads ${JSON.stringify(threshold)} with its ends`, () => {
    for (const value of inside) assert.ok(satisfies(threshold, value), String(value));
    for (const value of outside) assert.ok(!satisfies(threshold, value), String(value));
  });
}

test('judge() fails what could not be measured, whatever the threshold', () => {
  for (const threshold of [{ atMost: 5 }, { atLeast: 0 }, { equals: 0 }, { reported: true }] as const) {
    for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const [result] = judge([claim(threshold)], { it: { value } });
      assert.equal(result?.pass, false, `${JSON.stringify(threshold)} ${value}`);
      assert.equal(result?.measured, null);
    }
  }
});

test('judge() reads the bad end of the interval where the claim says so', () => {
  const interval = { low: 0.8, high: 1.2 };
  assert.equal(passes({ atMost: 1 }, { value: 0.9, interval }), true);
  assert.equal(passes({ atMost: 1 }, { value: 0.9, interval }, { judgedBy: 'interval' }), false);
  assert.equal(passes({ atMost: 1.2 }, { value: 0.9, interval }, { judgedBy: 'interval' }), true);
  assert.equal(passes({ atLeast: 0.9 }, { value: 1, interval }, { judgedBy: 'interval' }), false);
  assert.equal(passes({ atMost: 1 }, { value: 0.9 }, { judgedBy: 'interval' }), false);
});

test('judge() takes a limit that follows from the data, and shows it', () => {
  const [result] = judge([claim({ between: [0, 1] })], { it: { value: 3, threshold: { between: [2, 4] } } });
  assert.equal(result?.pass, true);
  assert.deepEqual(result?.threshold, { between: [2, 4] });
});

test('judge() forgets neither a claim nor a measurement', () => {
  assert.throws(() => judge([claim({ equals: 0 })], {}), /without measurement "it"/);
  assert.throws(() => judge([], { it: { value: 0 } }), /without claim "it"/);
});

test('verdictOf() passes only with a claim, and only if every claim does', () => {
  const { params } = evenRun();
  const [good] = judge([claim({ equals: 0 })], { it: { value: 0 } });
  const [bad] = judge([claim({ equals: 0 })], { it: { value: 1 } });
  assert.ok(good && bad);
  assert.equal(verdictOf(params, [good, good]).pass, true);
  assert.equal(verdictOf(params, [good, bad]).pass, false);
  assert.equal(verdictOf(params, []).pass, false);
});

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
