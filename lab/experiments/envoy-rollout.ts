// Does replacing the Envoys lose calls, also those that take seconds?
import type { Experiment } from '../experiment';
import { judge } from '../records/claim';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { attemptsPerCall, inFlightAt, ofLoad } from '../records/selection';
import { enoughCalls, measureCallCount } from './parts/call-count';
import { measureFailed, noneFails } from './parts/failed-calls';
import { loadOverlaps, measureOverlap } from './parts/load-overlap';
import { delayNamed } from './parts/named-delay';
import { underLoad } from './parts/under-load';
import { POD_CHANGE, ROLLING, SETTLING } from './parts/waits';
import { rollSpans } from './rollout';

type EnvoyRolloutSizes = {
  readonly repetitions: number;
  readonly calls: number;
  readonly ratePerSecond: number;
  readonly slowPerSecond: number;
  /** How long a slow call takes, ms. */
  readonly slowMs: number;
};

const ENVOYS = 2;
const SLOW = 'slow';

export const envoyRollout: Experiment<EnvoyRolloutSizes> = {
  name: 'envoy-rollout',
  question: 'Are calls lost when every Envoy is replaced, with calls of three seconds in flight?',
  hypothesis:
    'A leaving Envoy tells each connection to take new calls elsewhere, stays until the connections are gone, and the client finds the new Envoys by the headless name.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 3, calls: 20_000, ratePerSecond: 200, slowPerSecond: 2, slowMs: 3000 },
    quick: { repetitions: 1, calls: 3000, ratePerSecond: 200, slowPerSecond: 2, slowMs: 3000 },
  },
  claims: ({ calls }) => [
    noneFails('failed', 'No call fails.'),
    enoughCalls(calls),
    {
      id: 'attempts',
      text: 'Servers are hardly asked more than once per call, the second asking of slow calls included.',
      threshold: { atMost: 1.02 },
      unit: 'attempts',
    },
    {
      id: 'slow-in-flight',
      text: 'Slow calls in flight whenever an Envoy is asked to leave, at least.',
      threshold: { atLeast: 1 },
      unit: 'calls',
    },
    loadOverlaps('while Envoys are replaced'),
  ],
  expectedMs: ({ repetitions, calls, ratePerSecond }) =>
    25_000 + Math.max((calls / ratePerSecond) * 1000, repetitions * 35_000),
  run: async (system, recorder, { repetitions, calls, ratePerSecond, slowPerSecond, slowMs }, context) => {
    await system.settle({ servers: 3, envoys: ENVOYS }, SETTLING);
    await delayNamed(system, SLOW, slowMs);
    recorder.phase('rolling');
    const rollAll = async () => {
      for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        await system.roll('envoy', ROLLING);
        await system.untilReady('envoy', ENVOYS, POD_CHANGE);
      }
    };
    const slowLoad = {
      name: SLOW,
      target: 'envoys',
      ratePerSecond: slowPerSecond,
      env: { GREETING_NAME: SLOW },
    } as const;
    // Slow calls must be in flight at the first step, and the last ones end before the load around them does.
    const margins = { leadMs: slowMs + 500 };
    await underLoad(
      system,
      context,
      { name: 'steady', target: 'envoys', ratePerSecond },
      async () => void (await underLoad(system, context, slowLoad, rollAll, margins)),
      { calls },
    );
  },
  evaluate: (data) => {
    const inFlight = slowInFlight(data);
    const [steady, slow] = [ofLoad(data.calls, 'steady'), ofLoad(data.calls, SLOW)];
    return judge(data.params.claims, {
      failed: measureFailed(data.calls),
      calls: measureCallCount(data.calls),
      attempts: {
        value: attemptsPerCall(data.calls),
        detail: `${attemptsPerCall(steady).toFixed(4)} of quick calls, ${attemptsPerCall(slow).toFixed(2)} of slow ones`,
      },
      'slow-in-flight': {
        value: inFlight.length < ENVOYS * data.params.sizes.repetitions ? null : Math.min(...inFlight),
        detail: `${inFlight.length} Envoys left`,
      },
      'load-overlaps': measureOverlap(data.calls, rollSpans(data.events, 'envoy'), data.params.sizes.repetitions),
    });
  },
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      by: 'via',
      title: 'New Envoys take over from old ones, and nothing is lost',
      caption: 'Answered calls per second, stacked by the Envoy that they came through.',
    },
    {
      kind: 'latency',
      id: 'latency',
      title: 'Latency of quick calls while Envoys are replaced',
      loads: ['steady'],
    },
  ],
  mutations: [
    {
      name: 'no-drain',
      text: 'An Envoy ends at once, without asking its clients to go elsewhere and waiting until they have.',
      backends: ['local'],
      change: { envoyDrain: false },
      mustFail: ['failed'],
    },
  ],
};

/** At each moment when an Envoy was asked to leave: slow calls that were in flight. */
function slowInFlight({ calls, events }: RunData<EnvoyRolloutSizes>): readonly number[] {
  const slow = ofLoad(calls, SLOW);
  const rolls = rollSpans(events, 'envoy');
  return eventsOf(events, 'envoy-draining')
    .filter(({ atMs }) => rolls.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs))
    .map(({ atMs }) => inFlightAt(slow, atMs).length);
}
