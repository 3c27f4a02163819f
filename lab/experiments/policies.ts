// How even each balancing policy is, and whether theory predicts that.
import { coefficientOfVariation } from '../../runtime/evenness';
import type { MeasuredClaim, Measurement } from '../records/claim';
import type { RunData } from '../records/run-data';
import { chiSquareTest } from '../statistics/chi-square';
import { randomVariation, roundRobinVariation } from '../statistics/expected-variation';
import type { Interval } from '../statistics/interval';
import { worstWindow } from '../statistics/worst-window';
import { SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';
import {
  answeredUnder,
  countsUnder,
  everyPolicyHas,
  FULL_SCAN,
  LEAST_REQUEST,
  type PolicyRun,
  type PolicySizes,
  RANDOM,
  ROUND_ROBIN,
  runPolicies,
} from './policy-runs';

const SERVERS = 5;
const ENVOYS = 2;
const RUNS = [ROUND_ROBIN, LEAST_REQUEST, FULL_SCAN, RANDOM];
const MOST_OF_LEAST_REQUEST = 0.1;
/** Three policies are random: an interval that each misses once in a thousand runs. */
const CONFIDENCE = 0.999;
const WINDOW = 100;

export const policies = defineExperiment<PolicySizes, PolicyData>({
  name: 'policies',
  question: 'How even is each balancing policy, and is it as even as theory predicts?',
  hypothesis:
    'Round robin leaves a difference of one call per Envoy, however many calls there are. While no pod has a queue, every other policy picks at random, and its unevenness shrinks only with the square root of the number of calls.',
  backends: ['local', 'cluster'],
  sizes: {
    // Multiples of pods times Envoys, and so slow that a call rarely meets another one.
    full: { calls: 4000, ratePerSecond: 250 },
    quick: { calls: 3000, ratePerSecond: 250 },
  },
  claims: ({ calls }) => [
    ...RUNS.map(
      (run): MeasuredClaim<PolicyData> => ({
        id: `variation-${run.name}`,
        text: `${run.label}: the calls per pod vary as theory predicts (coefficient of variation).`,
        threshold: { between: [theoryOf(run, calls).low, theoryOf(run, calls).high] },
        unit: 'share',
        measure: (data) => measureVariation(data, run),
      }),
    ),
    {
      id: 'round-robin-even',
      text: 'ROUND_ROBIN varies far less than LEAST_REQUEST: the ratio of the two.',
      threshold: { atMost: MOST_OF_LEAST_REQUEST },
      unit: 'ratio',
      measure: (data) => ({ value: variationUnder(data, ROUND_ROBIN) / variationUnder(data, LEAST_REQUEST) }),
    },
    everyPolicyHas(calls, RUNS),
  ],
  expectedMs: ({ calls, ratePerSecond }) => 20_000 + RUNS.length * ((calls / ratePerSecond) * 1000 + 6000),
  run: async (system, recorder, sizes, context) => {
    await system.settle({ servers: SERVERS, envoys: ENVOYS }, SETTLING);
    await runPolicies(system, recorder, context, RUNS, { ...sizes, servers: SERVERS });
  },
  read: (data) => data,
  figures: (data) => [
    {
      kind: 'bars',
      id: 'variation',
      title: 'How much the calls per pod vary under each policy',
      caption: `Coefficient of variation of the calls per pod, and what theory predicts. Logarithmic.`,
      unit: 'share',
      isLogarithmic: true,
      bars: RUNS.map((run) => ({
        label: run.label,
        value: variationUnder(data, run),
        expected: theoryOf(run, data.params.sizes.calls).estimate,
      })),
    },
    {
      kind: 'bars',
      id: 'worst-window',
      title: `The least even ${WINDOW} calls in a row`,
      caption: 'How far any pod was from its fair share in the worst stretch of each run.',
      unit: 'calls',
      bars: RUNS.map((run) => ({ label: run.label, value: worstUnder(data, run) })),
    },
    {
      kind: 'share',
      id: 'share',
      title: 'Share of each pod',
      groups: RUNS.map((run) => ({ label: run.label, loads: [run.name] })),
    },
  ],
  mutations: [
    {
      name: 'random-as-shipped',
      text: 'Envoy runs with RANDOM instead of ROUND_ROBIN.',
      backends: ['local', 'cluster'],
      change: { envoys: { policy: 'RANDOM' } },
      mustFail: ['variation-round-robin', 'round-robin-even'],
    },
  ],
});

type PolicyData = RunData<PolicySizes>;

function theoryOf(run: PolicyRun, calls: number): Interval {
  const spread = { pods: SERVERS, calls };
  return run === ROUND_ROBIN ? roundRobinVariation(spread, ENVOYS) : randomVariation(spread, CONFIDENCE);
}

function variationUnder(data: PolicyData, run: PolicyRun): number {
  return coefficientOfVariation([...countsUnder(data, run).values()]);
}

function measureVariation(data: PolicyData, run: PolicyRun): Measurement {
  const counts = [...countsUnder(data, run).values()];
  if (counts.length !== SERVERS) return { value: null, detail: `${counts.length} of ${SERVERS} pods answered` };
  const detail = `calls per pod ${counts.join(', ')}`;
  const value = variationUnder(data, run);
  if (run === ROUND_ROBIN) return { value, detail };
  return { value, detail: `${detail}; chi-square p ${chiSquareTest(counts).pValue.toFixed(3)}` };
}

/** In calls; 0 where there are fewer calls than a window has. */
function worstUnder(data: PolicyData, run: PolicyRun): number {
  const answeredBy = answeredUnder(data, run).map(({ pod }) => pod);
  return worstWindow(answeredBy, [...countsUnder(data, run).keys()], WINDOW)?.deviation ?? 0;
}
