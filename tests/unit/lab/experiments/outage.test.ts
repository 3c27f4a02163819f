import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outage } from '../../../../lab/experiments/outage';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { outageMs: 10_000, ratePerSecond: 100, deadlineMs: 5000 };
const EXPIRED = { code: 'DEADLINE_EXCEEDED', pod: '', via: '', attempts: 0, latencyMs: 5003 };
/** Asked to leave at 5 s, gone at 16 s, scaled up at 26 s, ready at 28 s, and the first answer at 29 s. */
const CALLS = changed(
  changed(steadyCalls({ load: 'steady', fromS: 0, toS: 45, rate: 100 }), [6, 24], () => EXPIRED),
  [24, 29],
  ({ sentMs }) => ({ latencyMs: at(29, { kind: 'phase' }).atMs - sentMs + 1 }),
);
const EVENTS = [
  at(-1, { kind: 'phase', subject: 'before' }),
  at(0, { kind: 'envoy-ready', subject: 'envoy-1' }),
  at(5, { kind: 'scale', subject: 'envoy', detail: { from: 2, to: 0 } }),
  at(16, { kind: 'phase', subject: 'outage' }),
  at(26, { kind: 'phase', subject: 'return' }),
  at(26, { kind: 'scale', subject: 'envoy', detail: { from: 0, to: 2 } }),
  at(28, { kind: 'envoy-ready', subject: 'envoy-3' }),
];
const good = runOf(outage, SIZES, { calls: CALLS, events: EVENTS });

describe('outage', () => {
  it('passes when calls end by their deadline and answers are back in time', () => assertFails(outage, good, []));

  it('fails when a call outlives its deadline', () => {
    const calls = changed(CALLS, [20, 20.01], () => ({ latencyMs: 5101 }));
    assertFails(outage, { ...good, calls }, ['deadline']);
  });

  it('fails when the first answer comes late, or never', () => {
    const late = changed(CALLS, [24, 31.1], () => EXPIRED);
    assertFails(outage, { ...good, calls: late }, ['first-ok', 'failed-after']);
    const never = changed(CALLS, [24, 60], () => EXPIRED);
    assertFails(outage, { ...good, calls: never }, ['first-ok', 'failed-after']);
  });

  it('fails by a call lost before, or well after', () => {
    assertFails(outage, { ...good, calls: withOneLost(CALLS, 'steady', 3) }, ['failed-before']);
    assertFails(outage, { ...good, calls: withOneLost(CALLS, 'steady', 40) }, ['failed-after']);
  });

  it('fails when no call fails in the outage, because then there was none', () => {
    const calls = changed(CALLS, [6, 29], () => ({ code: 'OK', latencyMs: 2, via: 'envoy-1' }));
    assertFails(outage, { ...good, calls }, ['failed-during']);
  });

  it('fails when the client did not live through it', () => {
    const calls = changed(CALLS, [10, 60], () => undefined);
    assertFails(outage, { ...good, calls }, ['first-ok', 'failed-after', 'failed-during', 'load-overlaps']);
  });

  it('stops every Envoy and brings them back under load', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await outage.run(system, recorder, SIZES, context);
    assert.deepEqual(log, [
      ...['settle 3 2', 'phase before', 'load steady', 'scale envoy 0', 'until-gone envoy-1 envoy-2'],
      ...['phase outage', 'phase return', 'scale envoy 2', 'until-ready envoy 2', 'stop steady'],
    ]);
    assert.equal(loads[0]?.env?.DEADLINE_MS, '5000');
  });
});
