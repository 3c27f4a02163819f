import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignClients } from '../../../../lab/experiments/foreign-clients';
import type { Call } from '../../../../lab/records/call';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = foreignClients.sizes.quick;
const CLIENTS = ['grpc-go', 'grpcio', 'grpc-js'];
const LOADS = CLIENTS.flatMap((client) => [`${client}-defaults`, `${client}-advised`]);
const PHASES: readonly (readonly [name: string, fromS: number])[] = [
  ['start', 0],
  ['steady', 5],
  ['envoys-leave', 70],
  ['envoys-die', 120],
  ['envoy-hangs', 140],
  ['servers-leave', 160],
  ['servers-die', 200],
  ['end', 220],
];
const WITHIN: Readonly<Record<string, number>> = {
  steady: 30,
  'envoys-leave': 90,
  'envoys-die': 130,
  'servers-leave': 180,
  'servers-die': 210,
};

const kill = (s: number, subject: string) => at(s, { kind: 'signal', subject, detail: { signal: 'SIGKILL' } });
const EVENTS: readonly RunEvent[] = [
  ...LOADS.map((subject) =>
    at(0, { kind: 'load-start', subject, detail: { target: 'envoys', ratePerSecond: SIZES.ratePerSecond } }),
  ),
  ...PHASES.map(([subject, s]) => at(s, { kind: 'phase', subject })),
  at(1, { kind: 'envoy-ready', subject: 'envoy-1' }),
  at(10, { kind: 'envoy-ready', subject: 'envoy-2' }),
  ...[125, 132].map((s) => kill(s, 'envoy-1')),
  ...[205, 212].map((s) => kill(s, 'grpc-server-1')),
  at(141, { kind: 'signal', subject: 'envoy-1', detail: { signal: 'SIGSTOP' } }),
  at(157, { kind: 'signal', subject: 'envoy-1', detail: { signal: 'SIGCONT' } }),
];
/** All through one Envoy until the second one has been found. */
const CALLS = changed(
  LOADS.flatMap((load) =>
    steadyCalls({ load, fromS: 0, toS: 221, rate: SIZES.ratePerSecond, latencyMs: SIZES.workMs }),
  ),
  [0, 12],
  () => ({ via: 'envoy-1' }),
);

const judged = (calls: readonly Call[] = CALLS, events: readonly RunEvent[] = EVENTS) =>
  runOf(foreignClients, SIZES, { calls, events });
const resultOf = (id: string, calls: readonly Call[] = CALLS) => {
  const found = foreignClients.evaluate(judged(calls)).find((result) => result.id === id);
  assert.ok(found, id);
  return found;
};

describe('foreign-clients', () => {
  it('passes when nothing is lost', () => assertFails(foreignClients, judged(), []));

  for (const [phase, s] of Object.entries(WITHIN)) {
    for (const client of CLIENTS) {
      it(`fails when ${client} with advised settings loses a call in ${phase}`, () =>
        assertFails(foreignClients, judged(withOneLost(CALLS, `${client}-advised`, s)), [`advised-${phase}`]));
    }
  }

  it('fails when the defaults lose a call in steady state, or while Envoys leave, and reports it elsewhere', () => {
    assertFails(foreignClients, judged(withOneLost(CALLS, 'grpcio-defaults', 30)), ['defaults-steady']);
    assertFails(foreignClients, judged(withOneLost(CALLS, 'grpc-js-defaults', 90)), ['defaults-graceful']);
    const killed = withOneLost(CALLS, 'grpc-go-defaults', 126);
    assertFails(foreignClients, judged(killed), []);
    const { measured, detail } = resultOf('defaults-envoys-die-lost', killed);
    assert.equal(measured, 1);
    assert.equal(detail, 'grpc-go 1 of 400: 1 UNAVAILABLE; grpcio 0 of 400; grpc-js 0 of 400');
  });

  it('allows what is sent before keepalive finds an Envoy that hangs, and no more', () => {
    assertFails(foreignClients, judged(withOneLost(CALLS, 'grpc-go-advised', 147)), []);
    assertFails(foreignClients, judged(withOneLost(CALLS, 'grpc-go-advised', 152)), ['advised-envoy-hangs']);
    // Found within the deadline of a call: then all of them are sent again in time.
    assertFails(foreignClients, judged(withOneLost(CALLS, 'grpc-js-advised', 142)), ['advised-envoy-hangs']);
  });

  it('says when a new Envoy is found, and its share then', () => {
    const never = changed(CALLS, [0, 70], ({ load, via }) =>
      load === 'grpcio-defaults' && via === 'envoy-2' ? { via: 'envoy-1' } : {},
    );
    const { measured, detail } = resultOf('defaults-new-envoy', never);
    assert.equal(measured, 2);
    assert.match(detail ?? '', /^grpc-go 2\.\d s, then 50 %; grpcio never; grpc-js 2\.\d s, then 50 %$/);
  });

  it('passes when no client ever calls a new Envoy, as may happen with the defaults', () => {
    const never = changed(CALLS, [0, 70], () => ({ via: 'envoy-1' }));
    assertFails(foreignClients, judged(never), []);
    assert.equal(resultOf('defaults-new-envoy', never).measured, 0);
  });

  it('fails when a client sends too little, or a kill or hang was not seen', () => {
    const half = changed(CALLS, [0, 220], ({ load, seq }) =>
      load === 'grpcio-advised' && seq % 2 === 0 ? undefined : {},
    );
    assertFails(foreignClients, judged(half), ['sent']);
    const withoutHang = EVENTS.filter(
      ({ kind, subject, atMs }) => !(kind === 'signal' && atMs > 1 && subject === 'envoy-1'),
    );
    assertFails(foreignClients, judged(CALLS, withoutHang), ['advised-envoy-hangs', 'load-overlaps']);
  });

  it('fails when no client took part', () => {
    const results = foreignClients.evaluate(
      judged(
        [],
        EVENTS.filter(({ kind }) => kind !== 'load-start'),
      ),
    );
    const failing = results.filter(({ pass }) => !pass).map(({ id }) => id);
    for (const id of ['clients', 'defaults-steady', 'advised-envoys-die', 'sent']) assert.ok(failing.includes(id), id);
  });

  it('starts each client twice and lets everything happen to them', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await foreignClients.run(system, recorder, SIZES, context);
    assert.deepEqual(
      loads.map(({ name, foreign }) => [name, foreign?.client, foreign?.settings]),
      LOADS.map((name) => [name, name.replace(/-(defaults|advised)$/, ''), name.replace(/^.*-/, '')]),
    );
    assert.equal(log.filter((line) => line.startsWith('crash envoy')).length, SIZES.envoyKills);
    assert.equal(log.filter((line) => line.startsWith('crash grpc-server')).length, SIZES.serverKills);
    for (const line of ['scale envoy 3', 'scale envoy 2', 'roll envoy', 'roll grpc-server'])
      assert.ok(log.includes(line));
    assert.equal(log.filter((line) => line.startsWith('freeze envoy')).length, 1);
  });
});
