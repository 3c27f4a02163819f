import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slowPod } from '../../../../lab/experiments/slow-pod';
import type { Call } from '../../../../lab/records/call';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, runOf, steadyCalls } from './judged-runs';

const SIZES = { calls: 3000, ratePerSecond: 300, delayMs: 200 };
const SLOW = 'grpc-server-2';
const OTHERS = [1, 3, 4, 5].map((number) => `grpc-server-${number}`);
const EVENTS = [
  ...[...OTHERS, SLOW].map((subject) => at(-2, { kind: 'pod-ready', subject })),
  at(-1, { kind: 'fault', subject: SLOW, detail: { delayMs: 200 } }),
];
const LOADS = ['round-robin', 'least-request', 'full-scan'];

/** One call of `every` goes to the slow pod. */
function callsOf(load: string, every: number, latencyMs = 1, slowMs = 201): Call[] {
  const fromS = LOADS.indexOf(load) * 20;
  return steadyCalls({ load, fromS, toS: fromS + 10, rate: 300, pods: OTHERS }).map((call) =>
    call.seq % every === 0 ? { ...call, pod: SLOW, latencyMs: slowMs } : { ...call, latencyMs },
  );
}
const GOOD = {
  'round-robin': callsOf('round-robin', 5),
  'least-request': callsOf('least-request', 20),
  'full-scan': callsOf('full-scan', 60),
};
const withLoads = (loads: Readonly<Record<string, readonly Call[]>>, events = EVENTS) =>
  runOf(slowPod, SIZES, { calls: Object.values({ ...GOOD, ...loads }).flat(), events });

describe('slow-pod', () => {
  it('passes when the slow pod is passed over', () => assertFails(slowPod, withLoads({}), []));

  it('fails when it is not passed over enough', () => {
    assertFails(slowPod, withLoads({ 'least-request': callsOf('least-request', 15) }), [
      'share-least-request',
      'mean-least-request',
    ]);
    assertFails(slowPod, withLoads({ 'full-scan': callsOf('full-scan', 30) }), ['share-full-scan', 'mean-full-scan']);
  });

  it('fails when only the latency is not better', () => {
    assertFails(slowPod, withLoads({ 'least-request': callsOf('least-request', 20, 10) }), ['mean-least-request']);
    assertFails(slowPod, withLoads({ 'full-scan': callsOf('full-scan', 60, 10) }), ['mean-full-scan']);
  });

  it('fails when only the share is not better', () =>
    assertFails(slowPod, withLoads({ 'least-request': callsOf('least-request', 10, 1, 50) }), ['share-least-request']));

  it('fails when no pod was slow, or calls are missing', () => {
    assertFails(slowPod, withLoads({}, EVENTS.slice(0, -1)), ['share-least-request', 'share-full-scan']);
    assertFails(slowPod, withLoads({ 'full-scan': GOOD['full-scan'].slice(1) }), ['calls']);
  });

  it('slows one pod down, for all policies, and sets it right again', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await slowPod.run(system, recorder, SIZES, context);
    assert.equal(log[0], 'settle 5 1');
    assert.equal(log[1], 'fault grpc-server-1 {"delayMs":200}');
    assert.equal(log.at(-1), 'fault grpc-server-1 {}');
    assert.deepEqual(
      loads.map(({ name, count, ratePerSecond }) => [name, count, ratePerSecond]),
      LOADS.map((name) => [name, 3000, 300]),
    );
  });
});
