import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policies } from '../../../../lab/experiments/policies';
import type { Call } from '../../../../lab/records/call';
import { randomVariation } from '../../../../lab/statistics/expected-variation';
import { randomInteger, seededRandom } from '../../../../lab/statistics/seeded-random';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, runOf, steadyCalls } from './judged-runs';

const SIZES = { calls: 3000, ratePerSecond: 250 };
const PODS = [1, 2, 3, 4, 5].map((number) => `grpc-server-${number}`);
const EVENTS = PODS.map((subject) => at(-1, { kind: 'pod-ready', subject }));
const LOADS = ['round-robin', 'least-request', 'full-scan', 'random'];

function callsOf(load: string): Call[] {
  const fromS = LOADS.indexOf(load) * 20;
  return steadyCalls({ load, fromS, toS: fromS + 12, rate: 250, pods: PODS });
}
function drawn(load: string, seed: number): Call[] {
  const random = seededRandom(seed);
  return callsOf(load).map((call) => ({ ...call, pod: PODS[randomInteger(random, PODS.length)] ?? '' }));
}
const GOOD: Readonly<Record<string, readonly Call[]>> = {
  'round-robin': callsOf('round-robin'),
  'least-request': drawn('least-request', 1),
  'full-scan': drawn('full-scan', 2),
  random: drawn('random', 3),
};
const withLoads = (loads: Readonly<Record<string, readonly Call[]>>) =>
  runOf(policies, SIZES, { calls: Object.values({ ...GOOD, ...loads }).flat(), events: EVENTS });

describe('policies', () => {
  it('passes when round robin is even and the others are as random as theory says', () =>
    assertFails(policies, withLoads({}), []));

  it('fails when round robin is random', () =>
    assertFails(policies, withLoads({ 'round-robin': drawn('round-robin', 4) }), [
      'variation-round-robin',
      'round-robin-even',
    ]));

  it('fails when a random policy is even', () => {
    for (const load of ['full-scan', 'random']) {
      assertFails(policies, withLoads({ [load]: callsOf(load) }), [`variation-${load}`]);
    }
    assertFails(policies, withLoads({ 'least-request': callsOf('least-request') }), [
      'variation-least-request',
      'round-robin-even',
    ]);
  });

  it('fails when a random policy prefers a pod', () => {
    const calls = GOOD.random?.map((call) => (call.seq % 8 === 0 ? { ...call, pod: 'grpc-server-1' } : call)) ?? [];
    assertFails(policies, withLoads({ random: calls }), ['variation-random']);
  });

  it('fails when round robin differs by more calls than there are Envoys', () => {
    const calls = GOOD['round-robin']?.map((call) => (call.seq <= 4 ? { ...call, pod: 'grpc-server-1' } : call)) ?? [];
    assertFails(policies, withLoads({ 'round-robin': calls }), ['variation-round-robin']);
  });

  it('fails when a pod gets nothing, or a call has no answer', () => {
    const four = callsOf('random').map((call) => ({ ...call, pod: PODS[call.seq % 4] ?? '' }));
    assertFails(policies, withLoads({ random: four }), ['variation-random']);
    const lost = GOOD.random?.map((call) => (call.seq === 1 ? { ...call, code: 'UNAVAILABLE', pod: '' } : call)) ?? [];
    assertFails(policies, withLoads({ random: lost }), ['calls']);
  });

  it('claims what theory predicts for its number of calls', () => {
    for (const sizes of [policies.sizes.full, policies.sizes.quick]) {
      const claims = new Map(policies.claims(sizes, 'local').map(({ id, threshold }) => [id, threshold]));
      const { low, high } = randomVariation({ pods: 5, calls: sizes.calls }, 0.999);
      assert.deepEqual(claims.get('variation-least-request'), { between: [low, high] });
      assert.deepEqual(claims.get('variation-round-robin'), { between: [0, 5 / sizes.calls] });
      assert.deepEqual(claims.get('round-robin-even'), { atMost: 0.1 });
    }
  });

  it('runs the same load under each policy, round robin as shipped', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    const finished = Promise.resolve({ calls: 0, cpuSeconds: 0 });
    const ending = { ...system, startLoad: async (spec: never) => ({ ...(await system.startLoad(spec)), finished }) };
    await policies.run(ending, recorder, SIZES, context);
    assert.deepEqual(
      log.filter((line) => line.startsWith('envoys')),
      [
        'envoys {}',
        'envoys {"policy":"LEAST_REQUEST"}',
        'envoys {"policy":"LEAST_REQUEST_FULL_SCAN"}',
        'envoys {"policy":"RANDOM"}',
      ],
    );
    assert.deepEqual(
      loads,
      LOADS.map((name) => ({ name, target: 'envoys', ratePerSecond: 250, count: 3000 })),
    );
  });
});
