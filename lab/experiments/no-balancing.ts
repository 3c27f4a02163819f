// The negative control: what a client that points gRPC at a ClusterIP gets. If this run looked even, the other
// experiments would prove nothing.
import { jainIndex } from '../../runtime/evenness';
import { allAnswered, type EvennessSample, evenness } from '../claims/evenness';
import { satisfies } from '../records/claim';
import { phaseNamed } from '../records/phases';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { answersBy, sentWithin } from '../records/selection';
import { spreadOf } from '../statistics/round-robin-bound';
import { defineExperiment } from './define-experiment';

export interface NoBalancingSizes {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly pods: number;
  readonly [size: string]: number;
}

const PHASE = 'one connection';
/** One channel keeps one connection, so pods do not take turns; the bound is the one that Envoys have to meet. */
const ENVOYS = 2;
const SETTLE = { withinMs: 60_000 };

export const noBalancing = defineExperiment<NoBalancingSizes, Facts>({
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
      text: 'One pod gets practically all calls.',
      threshold: { atLeast: 0.99 },
      unit: 'share',
      measure: ({ sample, counts }) => {
        const answered = [...counts.values()].reduce((sum, count) => sum + count, 0);
        const [top] = [...counts].sort(([, left], [, right]) => right - left);
        return {
          value: top === undefined ? null : top[1] / answered,
          detail: `${top?.[1] ?? 0} of ${answered} answers from ${top?.[0] ?? 'no pod'}, of ${sample.pods.length} pods`,
        };
      },
    },
    {
      id: 'jain',
      text: 'Jain’s index is that of one pod with all the work.',
      threshold: { atMost: 1 / pods + 0.02 },
      unit: 'index',
      measure: ({ sample, counts }) => ({
        value: jainIndex([...counts.values()]),
        detail: `${sample.pods.length} pods: one alone gives ${(1 / sample.pods.length).toFixed(3)}`,
      }),
    },
    {
      id: 'spread-holds',
      text: 'None of the claims of the experiment “spread” about evenness holds here.',
      threshold: { equals: 0 },
      unit: 'claims',
      measure: ({ sample, counts }) => {
        const held = evennessThatHolds(sample);
        const detail = held.length === 0 ? `${spreadOf([...counts.values()])} calls apart` : held.join(', ');
        return { value: held.length, detail };
      },
    },
    allAnswered('No call fails, so the caller does not notice.', ({ calls }) => calls),
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
  read: factsOf,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'One pod carries everything, the others are idle',
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
      text: 'The client calls the Envoys instead.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'envoys' } },
      mustFail: ['top-share', 'jain', 'spread-holds'],
    },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<NoBalancingSizes>) {
  const pods = podsOf(data);
  const sample = { label: PHASE, calls: sentWithin(data.calls, phaseNamed(data, PHASE)), pods };
  return { calls: data.calls, sample, counts: answersBy(sample.calls, 'pod', pods) };
}

/** Names of the claims about evenness that hold. */
function evennessThatHolds(sample: EvennessSample): readonly string[] {
  return evenness(ENVOYS, (samples: readonly EvennessSample[]) => samples).flatMap(({ id, threshold, measure }) => {
    const { value } = measure([sample]);
    return value !== null && satisfies(threshold, value) ? [id] : [];
  });
}

function podsOf(data: RunData<NoBalancingSizes>): readonly string[] {
  return readyPodsAt(data.events, phaseNamed(data, PHASE).fromMs);
}
