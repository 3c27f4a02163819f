// The main claim: with Envoy in between, every server pod gets the same number of calls.
import { allAnswered, evenness } from '../claims/evenness';
import { type Phase, phasesOf } from '../records/phases';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { sentWithin } from '../records/selection';
import { defineExperiment } from './define-experiment';

export interface SpreadSizes {
  /** Per combination of pods and clients, over all clients. */
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly pods: readonly number[];
  readonly clients: readonly number[];
  readonly [size: string]: number | readonly number[];
}

const ENVOYS = 2;
const SETTLE = { withinMs: 60_000 };
/** From one combination to the next: pods start, Envoys find them, clients start. */
const CHANGE_MS = 4000;

export const spread = defineExperiment<SpreadSizes, Facts>({
  name: 'spread',
  question: 'Does every server pod get the same number of calls?',
  hypothesis:
    'Each Envoy deals calls out in strict turn. So the numbers of calls per pod differ by at most the number of Envoys, ' +
    'however many clients and pods there are.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { calls: 10_000, callsPerSecond: 400, pods: [3, 5, 7], clients: [1, 8] },
    quick: { calls: 2000, callsPerSecond: 400, pods: [3, 5], clients: [1, 8] },
  },
  claims: () => [
    ...evenness<Facts>(ENVOYS, ({ samples }) => samples),
    allAnswered('No call fails.', ({ calls }) => calls),
  ],
  expectedMs: ({ calls, callsPerSecond, pods, clients }) =>
    pods.length * clients.length * ((calls / callsPerSecond) * 1000 + CHANGE_MS),
  run: async (system, recorder, { pods, clients, calls, callsPerSecond }) => {
    for (const servers of pods) {
      await system.settle({ servers, envoys: ENVOYS }, SETTLE);
      for (const count of clients) {
        recorder.phase(`${servers} pods, ${count} ${count === 1 ? 'client' : 'clients'}`);
        const share = { count: Math.round(calls / count), ratePerSecond: callsPerSecond / count };
        const names = Array.from({ length: count }, (_, index) => `pods-${servers}-clients-${count}-${index + 1}`);
        const loads = await Promise.all(names.map((name) => system.startLoad({ name, target: 'envoys', ...share })));
        await Promise.all(loads.map(({ finished }) => finished));
      }
    }
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'At every moment each pod carries the same part of the load',
      caption: 'Answered calls per second, stacked by the pod that answered.',
    },
    {
      kind: 'share',
      id: 'shares',
      title: 'Every pod gets the same share, however many pods and clients there are',
      caption: 'Shares of all answers per combination; the line is the fair share.',
      groups: phasesOf(data).map((phase) => ({ label: phase.name, span: phase, pods: podsOf(data, phase) })),
    },
    { kind: 'latency', id: 'latency', title: 'Latency over time' },
  ],
  mutations: [
    {
      name: 'random',
      text: 'Envoys pick pods at random.',
      backends: ['local', 'cluster'],
      change: { envoys: { policy: 'RANDOM' } },
      mustFail: ['max-minus-min', 'jain', 'worst-window'],
    },
    {
      name: 'cluster-ip',
      text: 'Clients call the servers’ ClusterIP, without Envoy.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'server-service' } },
      mustFail: ['max-minus-min', 'jain', 'worst-window'],
    },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<SpreadSizes>) {
  const samples = phasesOf(data).map((phase) => ({
    label: phase.name,
    calls: sentWithin(data.calls, phase),
    pods: podsOf(data, phase),
  }));
  return { calls: data.calls, samples };
}

function podsOf({ events }: RunData<SpreadSizes>, { fromMs }: Phase): readonly string[] {
  return readyPodsAt(events, fromMs);
}
