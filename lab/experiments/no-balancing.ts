// The negative control: what everyone gets who points gRPC at a ClusterIP. If this run looked even, nothing that the
// other experiments show would mean anything.
import { jainIndex } from '../../client/summary';
import { evennessClaims, measureEvenness, measureFailed } from '../claims/evenness';
import type { Experiment } from '../experiment';
import { judge, satisfies } from '../records/claim';
import { phaseNamed } from '../records/phases';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { answersBy, sentWithin } from '../records/selection';

export interface NoBalancingSizes {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly pods: number;
  readonly [size: string]: number;
}

const PHASE = 'one connection';
/** One channel keeps one connection, so nobody takes turns; the bound is the one that Envoys have to meet. */
const ENVOYS = 2;
const SETTLE = { withinMs: 60_000 };

export const noBalancing: Experiment<NoBalancingSizes> = {
  name: 'no-balancing',
  question: 'What happens without a balancer for calls?',
  hypothesis:
    'gRPC keeps one connection, and a ClusterIP balances connections: one pod gets every call, the others get nothing.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { calls: 10_000, callsPerSecond: 400, pods: 3 },
    quick: { calls: 2000, callsPerSecond: 400, pods: 3 },
  },
  claims: ({ pods }) => [
    {
      id: 'top-share',
      text: 'One pod gets all calls, or as good as all.',
      threshold: { atLeast: 0.99 },
      unit: 'share',
    },
    {
      id: 'jain',
      text: 'Jain’s index is that of one pod doing everything.',
      threshold: { atMost: 1 / pods + 0.02 },
      unit: 'index',
    },
    {
      id: 'spread-holds',
      text: 'Of the claims that the experiment “spread” makes about evenness, none holds here.',
      threshold: { equals: 0 },
      unit: 'claims',
    },
    { id: 'failed', text: 'No call fails: nothing tells the caller.', threshold: { equals: 0 }, unit: 'calls' },
  ],
  expectedMs: ({ calls, callsPerSecond }) => (calls / callsPerSecond) * 1000 + 4000,
  run: async (system, recorder, { pods, calls, callsPerSecond }) => {
    await system.settle({ servers: pods, envoys: ENVOYS }, SETTLE);
    recorder.phase(PHASE);
    const load = await system.startLoad({
      name: 'direct',
      target: 'server-service',
      ratePerSecond: callsPerSecond,
      count: calls,
    });
    await load.finished;
  },
  evaluate: (data) => {
    const pods = podsOf(data);
    const calls = sentWithin(data.calls, phaseNamed(data, PHASE));
    const counts = answersBy(calls, 'pod', pods);
    const answered = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const [top] = [...counts].sort(([, left], [, right]) => right - left);
    const evenness = measureEvenness([{ label: PHASE, calls, pods }]);
    const held = evennessClaims(ENVOYS).filter(({ id, threshold }) => {
      const { value } = evenness[id];
      return value !== null && satisfies(threshold, value);
    });
    return judge(data.params.claims, {
      'top-share': {
        value: top === undefined ? null : top[1] / answered,
        detail: `${top?.[1] ?? 0} of ${answered} answers from ${top?.[0] ?? 'nobody'}, of ${pods.length} pods`,
      },
      jain: {
        value: jainIndex([...counts.values()]),
        detail: `${pods.length} pods: one alone gives ${(1 / pods.length).toFixed(3)}`,
      },
      'spread-holds': {
        value: held.length,
        detail:
          held.length === 0 ? `${evenness['max-minus-min'].value} calls apart` : held.map(({ id }) => id).join(', '),
      },
      failed: measureFailed(data.calls),
    });
  },
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'One pod carries everything, the others stand idle',
      caption: 'Answered calls per second, stacked by the pod that answered.',
      pods: podsOf(data),
    },
    {
      kind: 'share',
      id: 'shares',
      title: 'Shares of all answers',
      caption: 'The line is what each pod would get if calls were spread evenly.',
      groups: [{ label: '', pods: podsOf(data) }],
    },
  ],
  mutations: [
    {
      name: 'with-envoy',
      text: 'The client calls the Envoys after all.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'envoys' } },
      mustFail: ['top-share', 'jain', 'spread-holds'],
    },
  ],
};

function podsOf(data: RunData<NoBalancingSizes>): readonly string[] {
  return readyPodsAt(data.events, phaseNamed(data, PHASE).fromMs);
}
