import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hang } from '../../../../lab/experiments/hang';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, ENVOYS, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { repetitions: 1, freezeMs: 15_000, beforeMs: 10_000, ratePerSecond: 100 };
const CALLS = changed(
  steadyCalls({ load: 'steady', fromS: 0, toS: 30, rate: 100, latencyMs: 3 }),
  [12, 14],
  ({ pod }) => (pod === 'grpc-server-1' ? { latencyMs: 2005, attempts: 2, pod: 'grpc-server-2' } : {}),
);
const hosts = (s: number, subject: string, healthy: number) =>
  at(s, { kind: 'hosts', subject, detail: { known: 3, healthy } });
const events = (ejectedS: readonly number[]): RunEvent[] => [
  ...ENVOYS.map((envoy) => hosts(0, envoy, 3)),
  at(12, { kind: 'signal', subject: 'grpc-server-1', detail: { signal: 'SIGSTOP' } }),
  ...ejectedS.map((s, index) => hosts(s, ENVOYS[index] as string, 2)),
  at(27, { kind: 'signal', subject: 'grpc-server-1', detail: { signal: 'SIGCONT' } }),
  ...ENVOYS.map((envoy) => hosts(28, envoy, 3)),
];
const good = runOf(hang, SIZES, { calls: CALLS, events: events([13.5, 14]) });

describe('hang', () => {
  it('passes when the pod is taken out within three seconds', () => assertFails(hang, good, []));

  it('fails when one Envoy takes it out late, or never', () => {
    assertFails(hang, { ...good, events: events([13.5, 15.1]) }, ['ejected']);
    assertFails(hang, { ...good, events: events([13.5]) }, ['ejected']);
  });

  it('fails when calls are slow after that', () => {
    const calls = changed(CALLS, [20, 21], () => ({ latencyMs: 6.1 }));
    assertFails(hang, { ...good, calls }, ['p99-after']);
    assertFails(hang, { ...good, calls: changed(CALLS, [20, 21], () => ({ latencyMs: 5.9 })) }, []);
  });

  it('compares each freeze with the time before it, so one disturbance does not decide', () => {
    const shiftedTo = (s: number) => ({
      calls: CALLS.map((call) => ({ ...call, sentMs: call.sentMs + s * 1000 })),
      events: events([13.5, 14]).map((event) => ({ ...event, atMs: event.atMs + s * 1000 })),
    });
    const [second, third] = [shiftedTo(30), shiftedTo(60)];
    const sizes = { ...SIZES, repetitions: 3 };
    const calls = [...CALLS, ...second.calls, ...third.calls];
    const run = runOf(hang, sizes, { calls, events: [...good.events, ...second.events, ...third.events] });
    const slow = (...spans: readonly (readonly [number, number])[]) =>
      spans.reduce((all, span) => changed(all, span, () => ({ latencyMs: 90 })), run.calls);
    assertFails(hang, { ...run, calls: slow([20, 21]) }, []);
    assertFails(hang, { ...run, calls: slow([20, 21], [50, 51]) }, ['p99-after']);
    assertFails(hang, { ...run, calls: slow([5, 6], [20, 21], [50, 51], [80, 81]) }, ['p99-after']);
  });

  it('fails by a lost call, and by a load that is not there', () => {
    assertFails(hang, { ...good, calls: withOneLost(CALLS, 'steady', 13) }, ['failed']);
    assertFails(hang, { ...good, calls: changed(CALLS, [18, 19.2], () => undefined) }, ['load-overlaps']);
    const few = { ...good, calls: CALLS.filter(({ seq }) => seq % 2 === 0) };
    assertFails(hang, few, ['calls']);
  });

  it('derives the number of calls from the times', () => {
    const calls = hang.claims(SIZES, 'local').find(({ id }) => id === 'calls');
    assert.deepEqual(calls?.threshold, { atLeast: 2500 });
  });

  it('freezes another pod each time', async () => {
    const { system, recorder, context, log } = fakeRun();
    await hang.run(system, recorder, { ...SIZES, repetitions: 2 }, context);
    const after = ['until-ready grpc-server 3', 'until-routed 3'];
    assert.deepEqual(log, [
      ...['settle 3 2', 'phase freezing', 'load steady'],
      ...['freeze grpc-server-1 15000', ...after, 'freeze grpc-server-2 15000', ...after],
      'stop steady',
    ]);
  });
});
