import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { envoyRollout } from '../../../../lab/experiments/envoy-rollout';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { repetitions: 1, calls: 3000, ratePerSecond: 100, slowPerSecond: 1, defaultPerSecond: 2, slowMs: 3000 };
const CALLS = [
  ...steadyCalls({ load: 'steady', fromS: 0, toS: 40, rate: 100 }),
  ...steadyCalls({ load: 'slow', fromS: 2, toS: 36, rate: 1, latencyMs: 3003, attempts: 2 }),
  ...steadyCalls({ load: 'default', fromS: 1, toS: 36, rate: 2, latencyMs: 3003, attempts: 2 }),
  ...steadyCalls({ load: 'default-1', fromS: 1, toS: 36, rate: 2, latencyMs: 3003, attempts: 2 }),
];
const EVENTS = [
  at(0, { kind: 'replicas', subject: 'envoy', detail: { desired: 2, ready: 2 } }),
  at(6, { kind: 'roll-start', subject: 'envoy' }),
  at(12, { kind: 'envoy-draining', subject: 'envoy-1' }),
  at(20, { kind: 'envoy-draining', subject: 'envoy-2' }),
  at(32, { kind: 'roll-done', subject: 'envoy' }),
];
const good = runOf(envoyRollout, SIZES, { calls: CALLS, events: EVENTS });

describe('envoy-rollout', () => {
  it('passes when nothing is lost', () => assertFails(envoyRollout, good, []));

  it('fails by a lost call of either load', () => {
    assertFails(envoyRollout, { ...good, calls: withOneLost(CALLS, 'steady', 20) }, ['failed']);
    assertFails(envoyRollout, { ...good, calls: withOneLost(CALLS, 'slow', 20) }, ['failed']);
  });

  it('fails when a default client loses a call, or when no default client stayed on a leaving Envoy', () => {
    for (const load of ['default', 'default-1']) {
      assertFails(envoyRollout, { ...good, calls: withOneLost(CALLS, load, 20) }, ['default-failed']);
    }
    const calls = changed(CALLS, [24, 40], ({ load }) => (load.startsWith('default') ? { via: 'envoy-3' } : {}));
    assertFails(envoyRollout, { ...good, calls }, ['default-stays']);
    const stays = envoyRollout.evaluate({ ...good, calls }).find(({ id }) => id === 'default-stays');
    assert.ok(Math.abs((stays?.measured ?? 0) - 11.5) <= 0.5, JSON.stringify(stays));
  });

  it('fails when servers see too many attempts', () => {
    const calls = changed(CALLS, [12, 13], ({ load }) => (load === 'steady' ? { attempts: 2 } : {}));
    assertFails(envoyRollout, { ...good, calls }, ['attempts']);
  });

  it('fails when no slow call was in flight as an Envoy left, or no Envoy left', () => {
    const calls = CALLS.filter(({ load, sentMs, latencyMs }) => {
      const drainMs = EVENTS[3]?.atMs as number;
      return load !== 'slow' || sentMs > drainMs || sentMs + latencyMs < drainMs;
    });
    assertFails(envoyRollout, { ...good, calls }, ['slow-in-flight']);
    const events = EVENTS.filter(({ subject }) => subject !== 'envoy-2');
    assertFails(envoyRollout, { ...good, events }, ['slow-in-flight']);
    const uncounted = EVENTS.filter(({ kind }) => kind !== 'replicas');
    assertFails(envoyRollout, { ...good, events: uncounted }, ['slow-in-flight']);
  });

  it('distinguishes rolls that follow each other within a millisecond', () => {
    const twice = [
      ...EVENTS,
      at(32, { kind: 'roll-start', subject: 'envoy' }),
      at(33, { kind: 'envoy-draining', subject: 'envoy-3' }),
      at(34, { kind: 'envoy-draining', subject: 'envoy-4' }),
      at(38, { kind: 'roll-done', subject: 'envoy' }),
    ];
    assertFails(envoyRollout, runOf(envoyRollout, { ...SIZES, repetitions: 2 }, { calls: CALLS, events: twice }), []);
  });

  it('fails by too few calls, and by a load that is not there', () => {
    const few = CALLS.filter(({ load, seq }) => load !== 'steady' || seq % 2 === 0);
    assertFails(envoyRollout, { ...good, calls: few }, ['calls']);
    const pausing = changed(CALLS, [18, 19.2], () => undefined);
    assertFails(envoyRollout, { ...good, calls: pausing }, ['load-overlaps']);
  });

  it('rolls under a quick and a slow load', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await envoyRollout.run(system, recorder, { ...SIZES, calls: 1 }, context);
    const fault = '{"delayMs":3000,"onlyName":"slow"}';
    assert.deepEqual(log, [
      'settle 3 2',
      ...[1, 2, 3].map((number) => `fault grpc-server-${number} ${fault}`),
      ...['phase rolling', 'load steady', 'load default', 'load slow', 'roll envoy', 'until-ready envoy 2'],
      ...['load default-1', 'remove envoy-3', 'until-gone envoy-3', 'until-ready envoy 2', 'stop default-1'],
      ...['stop slow', 'stop default', 'stop steady'],
    ]);
    assert.deepEqual(loads[1]?.env, { GREETING_NAME: 'slow', LIBRARY_DEFAULTS: 'true', RETRIES: 'false' });
    assert.deepEqual(loads[2]?.env, { GREETING_NAME: 'slow' });
  });
});
