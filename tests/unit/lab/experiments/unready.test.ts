import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unready } from '../../../../lab/experiments/unready';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, ENVOYS, runOf, SERVERS, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { ratePerSecond: 100, unreadyMs: 10_000 };
const ready = (s: number, count: number) =>
  at(s, { kind: 'replicas', subject: 'grpc-server', detail: { desired: 3, ready: count } });
const hosts = (s: number, healthy: number, envoys: readonly string[] = ENVOYS): RunEvent[] =>
  envoys.map((subject) => at(s, { kind: 'hosts', subject, detail: { known: 3, healthy } }));
/** No pod is ready from 6 s to 21 s after the beginning; the faults are taken back one second before. */
const outage = (name: string, s: number) => [
  at(s, { kind: 'phase', subject: name }),
  ...[ready(s + 5, 1), ready(s + 6, 0)],
  ...SERVERS.map((subject) => at(s + 20, { kind: 'fault-cleared', subject })),
  ...[ready(s + 21, 2), ready(s + 22, 3)],
];
const EVENTS = [
  ...[ready(0, 3), ...hosts(0, 3)],
  ...[...outage('probes-fail', 2), ...outage('not-serving', 30)],
  // Envoys hear of it before the kubelet does, and again of the end.
  ...[...hosts(30.5, 0), ...hosts(50.5, 3)],
];
const CALLS = steadyCalls({ load: 'steady', fromS: 0, toS: 56, rate: 100 });
const good = runOf(unready, SIZES, { calls: CALLS, events: EVENTS });
const without = (isLeftOut: (event: RunEvent) => boolean) => EVENTS.filter((event) => !isLeftOut(event));

describe('unready', () => {
  it('passes when no call is lost while no pod is ready', () => assertFails(unready, good, []));

  it('fails by a call lost in either phase, also while pods become unready or ready', () => {
    assertFails(unready, { ...good, calls: withOneLost(CALLS, 'steady', 4) }, ['failed-probes-fail']);
    assertFails(unready, { ...good, calls: withOneLost(CALLS, 'steady', 15) }, ['failed-probes-fail']);
    assertFails(unready, { ...good, calls: withOneLost(CALLS, 'steady', 52) }, ['failed-not-serving']);
  });

  it('fails when the pods were not all unready, or not for as long as was meant', () => {
    const early = [...without(({ atMs }) => atMs === at(23, { kind: 'phase' }).atMs), ready(12, 1)];
    const absent = ['load-overlaps', 'unready', 'used-probes-fail'];
    assertFails(unready, { ...good, events: early.sort((left, right) => left.atMs - right.atMs) }, absent);
    const late = EVENTS.map((event) => (event === EVENTS[5] ? ready(14, 0) : event));
    assert.equal(EVENTS[5]?.kind, 'replicas');
    assertFails(unready, { ...good, events: late }, ['unready']);
  });

  it('fails when an Envoy lost its pods though only probes failed, or kept one that says NOT_SERVING', () => {
    const withMore = (...more: readonly RunEvent[]) =>
      [...EVENTS, ...more].sort((left, right) => left.atMs - right.atMs);
    assertFails(unready, { ...good, events: withMore(...hosts(12, 0, ['envoy-2'])) }, ['used-probes-fail']);
    assertFails(unready, { ...good, events: withMore(...hosts(45, 1, ['envoy-2'])) }, ['used-not-serving']);
    const blind = without(({ kind }) => kind === 'hosts');
    assertFails(unready, { ...good, events: blind }, ['used-probes-fail', 'used-not-serving']);
  });

  it('fails when the load was not there', () => {
    assertFails(unready, { ...good, calls: changed(CALLS, [12, 14], () => undefined) }, ['load-overlaps']);
    const few = changed(CALLS, [7, 28], () => undefined);
    assertFails(unready, { ...good, calls: few }, ['load-overlaps', 'calls']);
  });

  it('makes all pods unready in both ways, without retries of the client, and heals them', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await unready.run(system, recorder, SIZES, context);
    const all = (fault: object) => SERVERS.map((pod) => `fault ${pod} ${JSON.stringify(fault)}`);
    const healed = [...all({}), 'until-ready grpc-server 3', 'until-routed 3'];
    assert.deepEqual(log, [
      ...['settle 3 2', 'load steady'],
      ...['phase probes-fail', ...all({ failsProbes: true }), ...healed],
      ...['phase not-serving', ...all({ notServing: true }), ...healed, 'stop steady'],
    ]);
    assert.equal(loads[0]?.env?.RETRIES, 'false');
  });
});
