// What one slow pod does to callers, by balancing policy: the price of being even.
import type { MeasuredClaim, Measurement } from '../records/claim';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { latenciesMs } from '../records/selection';
import { mean, percentile } from '../statistics/percentile';
import { SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';
import {
  answeredUnder,
  countsUnder,
  everyPolicyHas,
  FULL_SCAN,
  LEAST_REQUEST,
  type PolicyRun,
  ROUND_ROBIN,
  runPolicies,
} from './policy-runs';

type SlowPodSizes = { readonly calls: number; readonly ratePerSecond: number; readonly delayMs: number };

const SERVERS = 5;
/** An Envoy sees only its own calls in flight: two would each send the slow pod what one does. */
const ENVOYS = 1;
const RUNS = [ROUND_ROBIN, LEAST_REQUEST, FULL_SCAN];
/** At most this part of what round robin gives the slow pod, and of its latency. */
const MOST_OF_ROUND_ROBIN = [
  { run: LEAST_REQUEST, most: 0.3 },
  { run: FULL_SCAN, most: 0.15 },
];
const PERCENTILES = [90, 99];

export const slowPod = defineExperiment<SlowPodSizes, SlowPodData>({
  name: 'slow-pod',
  question: 'What does one slow pod of five do to callers under each balancing policy?',
  hypothesis:
    'Round robin gives the slow pod a fifth of the calls, however slow it is. Policies that count the calls in flight see that it has some most of the time, and avoid it.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { calls: 9000, ratePerSecond: 300, delayMs: 200 },
    quick: { calls: 4500, ratePerSecond: 300, delayMs: 200 },
  },
  claims: ({ calls }) => [
    ...MOST_OF_ROUND_ROBIN.flatMap(({ run, most }): MeasuredClaim<SlowPodData>[] => [
      {
        id: `share-${run.name}`,
        text: `${run.label}: the slow pod's share of the calls, relative to that under ROUND_ROBIN.`,
        threshold: { atMost: most },
        unit: 'ratio',
        measure: (data) => against((each) => slowShare(data, each), run, '%', 100),
      },
      {
        id: `mean-${run.name}`,
        text: `${run.label}: the mean latency, relative to that under ROUND_ROBIN.`,
        threshold: { atMost: most },
        unit: 'ratio',
        measure: (data) => against((each) => mean(latenciesOf(data, each)), run, 'ms', 1),
      },
    ]),
    ...RUNS.flatMap((run) =>
      PERCENTILES.map(
        (percent): MeasuredClaim<SlowPodData> => ({
          id: `p${percent}-${run.name}`,
          text: `${run.label}: the ${percent}th percentile of latency.`,
          threshold: { reported: true },
          unit: 'ms',
          measure: (data) => ({ value: percentile(latenciesOf(data, run), percent) }),
        }),
      ),
    ),
    everyPolicyHas(calls, RUNS),
  ],
  expectedMs: ({ calls, ratePerSecond }) => 25_000 + RUNS.length * ((calls / ratePerSecond) * 1000 + 6000),
  run: async (system, recorder, { delayMs, ...sizes }, context) => {
    await system.settle({ servers: SERVERS, envoys: ENVOYS }, SETTLING);
    const [slow] = (await system.pods('grpc-server')).filter(({ isReady, isDraining }) => isReady && !isDraining);
    if (slow === undefined) throw new Error('cannot slow down a server pod: none is ready');
    await system.injectFault(slow.name, { delayMs });
    await runPolicies(system, recorder, context, RUNS, { ...sizes, servers: SERVERS });
    await system.injectFault(slow.name, {});
  },
  read: (data) => data,
  figures: (data) => [
    {
      kind: 'share',
      id: 'share',
      title: 'Round robin feeds the slow pod, the others avoid it',
      caption: `${slowPodOf(data) ?? 'no pod'} answers ${data.params.sizes.delayMs} ms later than the others.`,
      groups: RUNS.map((run) => ({ label: run.label, loads: [run.name], pods: [...countsUnder(data, run).keys()] })),
    },
    {
      kind: 'bars',
      id: 'mean',
      title: 'The mean latency of all calls',
      unit: 'ms',
      bars: RUNS.map((run) => ({ label: run.label, value: mean(latenciesOf(data, run)) })),
    },
    {
      kind: 'bars',
      id: 'tail',
      title: 'The slow tail: 90th and 99th percentile of latency',
      caption: 'Logarithmic. Any policy must call the slow pod now and then, to learn that it is slow.',
      unit: 'ms',
      isLogarithmic: true,
      bars: RUNS.flatMap((run) =>
        PERCENTILES.map((percent) => ({
          label: `${run.label}, p${percent}`,
          value: percentile(latenciesOf(data, run), percent),
        })),
      ),
    },
    { kind: 'latency', id: 'latency', title: 'Latency over time', marks: ['policy', 'fault'] },
  ],
  mutations: [
    {
      name: 'past-envoy',
      text: 'The client calls the pods in turn, without Envoy and its policy.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'servers' } },
      mustFail: MOST_OF_ROUND_ROBIN.flatMap(({ run }) => [`share-${run.name}`, `mean-${run.name}`]),
    },
  ],
});

type SlowPodData = RunData<SlowPodSizes>;

/** A value under a policy and that under round robin, both in `unit`, after multiplication by `factor`. */
function against(value: (run: PolicyRun) => number, run: PolicyRun, unit: string, factor: number): Measurement {
  const told = (each: PolicyRun) => `${(value(each) * factor).toFixed(1)} ${unit}`;
  return { value: value(run) / value(ROUND_ROBIN), detail: `${told(run)}, ${told(ROUND_ROBIN)} under ROUND_ROBIN` };
}

function slowPodOf({ events }: SlowPodData): string | undefined {
  return eventsOf(events, 'fault')[0]?.subject;
}

/** The slow pod's part of the answers, 0–1; NaN when no pod was slowed down. */
function slowShare(data: SlowPodData, run: PolicyRun): number {
  const slow = slowPodOf(data);
  const counts = countsUnder(data, run);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return slow === undefined ? Number.NaN : (counts.get(slow) ?? 0) / all;
}

function latenciesOf(data: SlowPodData, run: PolicyRun): readonly number[] {
  return latenciesMs(answeredUnder(data, run));
}
