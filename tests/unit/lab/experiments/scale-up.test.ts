import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scaleUp } from '../../../../lab/experiments/scale-up';
import type { Call } from '../../../../lab/records/call';
import type { Backend } from '../../../../lab/records/params';
import { at, START_MS } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, SERVERS, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { repetitions: 2, ratePerSecond: 100 };
const NEW = ['grpc-server-4', 'grpc-server-5', 'grpc-server-6'];

/** Two times more pods at 5 s and 35 s; each is ready and in DNS 2 s later, and gets calls after `afterS` more. */
function run({ afterS = 1, loadTo = 60, backend = 'local' as Backend } = {}) {
  const part = (fromS: number, toS: number, pods: readonly string[]) =>
    steadyCalls({ load: 'steady', fromS, toS, rate: 100, pods });
  const newOf = (repetition: number) => NEW.map((name) => `${name}${repetition}`);
  const calls: Call[] = [
    ...part(0, 7 + afterS, SERVERS),
    ...part(7 + afterS, 30, [...SERVERS, ...newOf(1)]),
    ...part(30, 37 + afterS, SERVERS),
    ...part(37 + afterS, loadTo, [...SERVERS, ...newOf(2)]),
  ];
  const scale = (s: number, from: number, to: number) =>
    at(s, { kind: 'scale', subject: 'grpc-server', detail: { from, to } });
  const arrive = (s: number, repetition: number) =>
    newOf(repetition).flatMap((subject) => [
      at(s - 1, { kind: 'pod-in-dns', subject }),
      at(s, { kind: 'pod-ready', subject }),
    ]);
  const events = [
    at(-20, { kind: 'scale', subject: 'grpc-server', detail: { from: 1, to: 3 } }),
    at(-18, { kind: 'pod-ready', subject: 'grpc-server-3' }),
    at(-1, { kind: 'phase', subject: 'scaling' }),
    ...[scale(5, 3, 6), ...arrive(7, 1), scale(25, 6, 3), scale(35, 3, 6), ...arrive(37, 2)],
  ];
  return runOf(scaleUp, SIZES, { calls, events }, backend);
}

describe('scale-up', () => {
  it('passes when new pods get their share after a second', () => assertFails(scaleUp, run(), []));

  it('fails when the first calls come late, and gives a cluster a second more', () => {
    assertFails(scaleUp, run({ afterS: 1.7 }), ['first-call']);
    assertFails(scaleUp, run({ afterS: 1.7, backend: 'cluster' }), []);
    assertFails(scaleUp, run({ afterS: 2.6, backend: 'cluster' }), ['first-call']);
  });

  it('fails when pods get a few calls but not their share', () => {
    const data = run();
    // Two of three calls of the new pods go to an old one until much later.
    const calls = changed(data.calls, [8.2, 15], ({ pod, seq }) =>
      pod.startsWith('grpc-server-4') && seq % 18 !== 3 ? { pod: 'grpc-server-1' } : {},
    );
    assertFails(scaleUp, { ...data, calls }, ['share']);
  });

  it('measures nothing when a pod never came', () => {
    const data = run();
    const events = data.events.filter(({ subject }) => subject !== 'grpc-server-61');
    assertFails(scaleUp, { ...data, events }, ['first-call', 'share']);
    const calls = data.calls.map((call) => (call.pod === 'grpc-server-61' ? { ...call, pod: 'grpc-server-1' } : call));
    assertFails(scaleUp, { ...data, calls }, ['first-call', 'share']);
  });

  it('fails by a lost call, too few calls, and a load that was not there', () => {
    const data = run();
    assertFails(scaleUp, { ...data, calls: withOneLost(data.calls, 'steady', 20) }, ['failed']);
    const pausing = changed(data.calls, [4.2, 5.4], () => undefined);
    assertFails(scaleUp, { ...data, calls: pausing }, ['load-overlaps']);
    const few = data.calls.filter(({ sentMs }) => Math.floor((sentMs - START_MS) / 10) % 6 < 1);
    const results = scaleUp.evaluate({ ...data, calls: few });
    assert.equal(results.find(({ id }) => id === 'calls')?.pass, few.length >= 1000);
    assert.deepEqual(
      scaleUp.claims({ repetitions: 20, ratePerSecond: 200 }, 'local').find(({ id }) => id === 'calls')?.threshold,
      {
        atLeast: 20_000,
      },
    );
  });

  it('scales up and down under one load', async () => {
    const { system, recorder, context, log } = fakeRun();
    await scaleUp.run(system, recorder, SIZES, context);
    const up = ['scale grpc-server 6', 'until-ready grpc-server 6'];
    const down = ['scale grpc-server 3', 'until-ready grpc-server 3'];
    assert.deepEqual(log, ['settle 3 2', 'phase scaling', 'load steady', ...up, ...down, ...up, 'stop steady']);
  });
});
