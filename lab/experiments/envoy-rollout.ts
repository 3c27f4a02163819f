// Does replacing the Envoys lose calls, also those that take seconds?
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import { wantedOverTime } from '../records/autoscaling';
import type { Call } from '../records/call';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { attemptsPerCall, inFlightAt, ofLoad } from '../records/selection';
import { type UnaryLoad, underLoad } from '../steps/under-load';
import { POD_CHANGE, ROLLING, SETTLING } from '../steps/waits';
import type { System } from '../system/system';
import { defineExperiment } from './define-experiment';
import { rollSpans } from './rollout';

type EnvoyRolloutSizes = {
  readonly repetitions: number;
  readonly calls: number;
  readonly ratePerSecond: number;
  readonly slowPerSecond: number;
  /** Of the client with its library's own settings. Each is a slow one, so that some are always in flight. */
  readonly defaultPerSecond: number;
  /** How long a slow call takes, ms. */
  readonly slowMs: number;
};

const SLOW = 'slow';
/** A client that sets nothing: one that is there all the time, and one that has just looked up the name, each time. */
const DEFAULT = 'default';
const fresh = (repetition: number) => `${DEFAULT}-${repetition}`;
/** What an Envoy must outstay for its clients to leave by themselves is 30 s; a good part of it must have been tried. */
const STAYS_LONG_S = 20;

export const envoyRollout = defineExperiment<EnvoyRolloutSizes, Facts>({
  name: 'envoy-rollout',
  question:
    'Are calls lost when every Envoy is replaced, with calls of three seconds in flight, and by a client with default settings?',
  hypothesis:
    'A leaving Envoy tells each connection to take new calls elsewhere and stays until the connections are gone. The client finds the new Envoys by the headless name. A client with its library’s default settings may look the name up only once in 30 s, so it comes back until then; the Envoy waits for it too.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 3, calls: 20_000, ratePerSecond: 200, slowPerSecond: 2, defaultPerSecond: 10, slowMs: 3000 },
    quick: { repetitions: 1, calls: 3000, ratePerSecond: 200, slowPerSecond: 2, defaultPerSecond: 10, slowMs: 3000 },
  },
  claims: ({ repetitions, calls: count }) => [
    noneFails('failed', 'No call of this project’s client fails.', ({ own }) => own),
    noneFails(
      'default-failed',
      'No call of a client with its library’s default settings fails: 30 s between look-ups, no retries.',
      ({ ofDefault }) => ofDefault,
    ),
    {
      id: 'default-stays',
      text: 'That client does keep calling an Envoy that was told to leave: the longest time.',
      threshold: { atLeast: STAYS_LONG_S },
      unit: 's',
      measure: ({ stays }) => ({
        value: stays.length === 0 ? null : Math.max(...stays) / 1000,
        detail: stays.map((ms) => (ms / 1000).toFixed(1)).join(', '),
      }),
    },
    enoughCalls(count, ({ calls }) => [calls]),
    {
      id: 'attempts',
      text: 'Servers see barely more than one attempt per call, including the second attempts of slow calls.',
      threshold: { atMost: 1.02 },
      unit: 'attempts',
      measure: ({ own, steady, slow }) => ({
        value: attemptsPerCall(own),
        detail: `${attemptsPerCall(steady).toFixed(4)} of quick calls, ${attemptsPerCall(slow).toFixed(2)} of slow ones`,
      }),
    },
    {
      id: 'slow-in-flight',
      text: 'The fewest slow calls in flight when an Envoy is told to leave.',
      threshold: { atLeast: 1 },
      unit: 'calls',
      measure: ({ envoys, inFlight }) => ({
        value: inFlight.length < envoys * repetitions ? null : Math.min(...inFlight),
        detail: `${inFlight.length} Envoys left`,
      }),
    },
    loadOverlaps('while Envoys are replaced', repetitions, (facts) => facts),
  ],
  expectedMs: ({ repetitions, calls, ratePerSecond }) =>
    25_000 + Math.max((calls / ratePerSecond) * 1000, repetitions * 85_000),
  run: async (system, recorder, sizes, context) => {
    const { repetitions, calls, ratePerSecond, slowPerSecond, defaultPerSecond, slowMs } = sizes;
    await system.settle(system.shipped, SETTLING);
    await delayNamed(system, SLOW, slowMs);
    recorder.phase('rolling');
    const defaultLoad = (name: string): UnaryLoad => ({
      name,
      target: 'envoys',
      ratePerSecond: defaultPerSecond,
      env: { GREETING_NAME: SLOW, LIBRARY_DEFAULTS: 'true', RETRIES: 'false' },
    });
    /** An Envoy leaves when the client may not look up the name for longest. */
    const leaveAtOnce = async () => {
      const leaving = (await system.pods('envoy')).find(({ isReady, isDraining }) => isReady && !isDraining);
      if (leaving === undefined) throw new Error('cannot take an Envoy away: none is ready');
      await system.remove(leaving.name);
      await system.untilGone([leaving.name], POD_CHANGE);
      await system.untilReady('envoy', system.shipped.envoys, POD_CHANGE);
    };
    const rollAll = async () => {
      for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        await system.roll('envoy', ROLLING);
        await system.untilReady('envoy', system.shipped.envoys, POD_CHANGE);
        await underLoad(system, context, defaultLoad(fresh(repetition)), leaveAtOnce, { leadMs: 0 });
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
      async () => {
        const rollUnderSlow = async () => void (await underLoad(system, context, slowLoad, rollAll, margins));
        await underLoad(system, context, defaultLoad(DEFAULT), rollUnderSlow);
      },
      { calls },
    );
  },
  read: factsOf,
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
      text: 'An Envoy stops at once: it neither tells its clients to leave nor waits until they have left.',
      backends: ['local'],
      change: { envoyDrain: false },
      mustFail: ['failed'],
    },
    {
      name: 'short-drain',
      text: 'An Envoy stops after 20 s, while clients that may not yet look up its name again still call it.',
      backends: ['local'],
      change: { envoyDrainSeconds: 20 },
      mustFail: ['default-failed'],
    },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<EnvoyRolloutSizes>) {
  const { calls, events } = data;
  return {
    calls,
    steady: ofLoad(calls, 'steady'),
    slow: ofLoad(calls, SLOW),
    /** Of this project's client. */
    own: ofLoad(calls, 'steady', SLOW),
    ofDefault: defaultCalls(data),
    stays: staysMs(data),
    inFlight: slowInFlight(data),
    envoys: wantedEnvoys(data),
    spans: rollSpans(events, 'envoy'),
  };
}

function defaultCalls({ calls, params }: RunData<EnvoyRolloutSizes>): readonly Call[] {
  const repetitions = Array.from({ length: params.sizes.repetitions }, (_, index) => index + 1);
  return ofLoad(calls, DEFAULT, ...repetitions.map(fresh));
}

/** From each moment when an Envoy was asked to leave to the last call of a default client through it, ms. */
function staysMs(data: RunData<EnvoyRolloutSizes>): readonly number[] {
  const ofDefault = defaultCalls(data);
  return eventsOf(data.events, 'envoy-draining').flatMap(({ subject, atMs }) => {
    const last = ofDefault.findLast(({ via, sentMs }) => via === subject && sentMs >= atMs);
    return last === undefined ? [] : [last.sentMs - atMs];
  });
}

/** How many Envoys there were to be when the first of them were replaced; infinite when that was not seen. */
function wantedEnvoys({ events }: RunData<EnvoyRolloutSizes>): number {
  const fromMs = eventsOf(events, 'roll-start').find(({ subject }) => subject === 'envoy')?.atMs ?? Number.NaN;
  const before = wantedOverTime(events, 'envoy').findLast(({ atMs }) => atMs <= fromMs);
  return before?.wanted ?? Number.POSITIVE_INFINITY;
}

/** At each moment when an Envoy was asked to leave: slow calls that were in flight. */
function slowInFlight({ calls, events }: RunData<EnvoyRolloutSizes>): readonly number[] {
  const slow = ofLoad(calls, SLOW);
  const rolls = rollSpans(events, 'envoy');
  return eventsOf(events, 'envoy-draining')
    .filter(({ atMs }) => rolls.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs))
    .map(({ atMs }) => inFlightAt(slow, atMs).length);
}

/** Makes calls that greet one name slow on every server, so that a slow load can run beside a quick one. */
async function delayNamed(system: System, onlyName: string, delayMs: number): Promise<void> {
  for (const { name } of await system.pods('grpc-server')) await system.injectFault(name, { delayMs, onlyName });
}
