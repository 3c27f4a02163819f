// What happens to callers when there is no Envoy at all, and how soon do they recover when the Envoys are back?
import { countCodes, noneFails } from '../claims/failed-calls';
import { type LoadedEvents, loadOverlaps } from '../claims/load-overlap';
import type { Call } from '../records/call';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { failed, sentWithin } from '../records/selection';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';

type OutageSizes = {
  readonly outageMs: number;
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
};

const FIRST_OK_WITHIN_MS = 3000;
/** Load after the return, ms. */
const AFTERWARDS_MS = 10_000;
/** A timer of a busy process may fire this much late, ms. */
const TIMER_MS = 100;

export const outage = defineExperiment<OutageSizes, Facts>({
  name: 'outage',
  question: 'Does the client survive ten seconds without any Envoy, and recover by itself?',
  hypothesis:
    'Calls wait for a connection and end by their deadline. The client keeps looking up the name and connecting, so the first Envoy that is back gets calls within three seconds.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { outageMs: 10_000, ratePerSecond: 100, deadlineMs: 5000 },
    quick: { outageMs: 10_000, ratePerSecond: 100, deadlineMs: 5000 },
  },
  claims: ({ deadlineMs }) => [
    {
      id: 'deadline',
      text: 'Every call ends by its deadline, apart from a timer’s delay: the longest call.',
      threshold: { atMost: deadlineMs + TIMER_MS },
      unit: 'ms',
      measure: ({ calls }) => ({
        value: calls.reduce((longest, { latencyMs }) => Math.max(longest, latencyMs), Number.NEGATIVE_INFINITY),
      }),
    },
    {
      id: 'first-ok',
      text: 'From the moment when the first Envoy is ready again until the first answer.',
      threshold: { atMost: FIRST_OK_WITHIN_MS / 1000 },
      unit: 's',
      measure: ({ firstOk }) => ({ value: firstOk }),
    },
    noneFails('failed-before', 'No call fails that had time to end before the outage.', ({ before }) => before),
    noneFails(
      'failed-after',
      'No call fails that is sent three seconds after the return or later.',
      ({ after }) => after,
    ),
    {
      id: 'failed-during',
      text: 'Calls do fail while there is no Envoy.',
      threshold: { atLeast: 1 },
      unit: 'calls',
      measure: ({ during }) => ({ value: during.length, detail: countCodes(during) }),
    },
    loadOverlaps('while there is no Envoy', 1, (facts) => facts),
  ],
  expectedMs: ({ outageMs }) => outageMs + 55_000,
  run: async (system, recorder, { outageMs, ratePerSecond, deadlineMs }, context) => {
    await system.settle(system.shipped, SETTLING);
    recorder.phase('before');
    const env = { DEADLINE_MS: String(deadlineMs) };
    await underLoad(
      system,
      context,
      { name: 'steady', target: 'envoys', ratePerSecond, env },
      async () => {
        await context.pause(3000);
        const envoys = await system.pods('envoy');
        await system.scale('envoy', 0);
        await system.untilGone(
          envoys.map(({ name }) => name),
          POD_CHANGE,
        );
        recorder.phase('outage');
        await context.pause(outageMs);
        recorder.phase('return');
        await system.scale('envoy', system.shipped.envoys);
        await system.untilReady('envoy', system.shipped.envoys, POD_CHANGE);
      },
      { tailMs: AFTERWARDS_MS },
    );
  },
  read: factsOf,
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      by: 'via',
      title: 'Without an Envoy no call is answered; with the first one every call is',
      caption: 'Answered calls per second, stacked by the Envoy that they came through.',
      marks: ['scale', 'envoy-ready', 'envoy-gone'],
    },
    {
      kind: 'latency',
      id: 'latency',
      title: 'Calls of the outage end by their deadline',
      marks: ['scale', 'envoy-ready', 'envoy-gone'],
    },
  ],
  mutations: [
    {
      name: 'no-deadline',
      text: 'Calls may wait for a minute.',
      backends: ['local', 'cluster'],
      change: { load: { env: { DEADLINE_MS: '60000' } } },
      mustFail: ['deadline'],
    },
  ],
});

interface Facts extends LoadedEvents {
  /** From the return until the first OK answer arrived, s. */
  readonly firstOk: number | null;
  /** Calls that could end before the outage, and those sent when all must be well again. */
  readonly before: readonly Call[];
  readonly after: readonly Call[];
  /** Those of the outage that failed. */
  readonly during: readonly Call[];
}

function factsOf(data: RunData): Facts {
  const { calls } = data;
  const times = timesOf(data);
  if (times === undefined) return { calls, spans: [], firstOk: null, before: [], after: [], during: [] };
  const { scaledMs, goneMs, readyMs } = times;
  return {
    calls,
    spans: [{ fromMs: scaledMs, toMs: readyMs }],
    firstOk: firstOkMs(data, readyMs) / 1000,
    before: calls.filter(({ sentMs, latencyMs }) => sentMs + latencyMs < scaledMs),
    after: sentWithin(calls, { fromMs: readyMs + FIRST_OK_WITHIN_MS, toMs: Number.POSITIVE_INFINITY }),
    during: failed(sentWithin(calls, { fromMs: goneMs, toMs: readyMs })),
  };
}

interface OutageTimes {
  /** When the Envoys were asked to leave. */
  readonly scaledMs: number;
  /** When the last one was gone. */
  readonly goneMs: number;
  /** When the first one was ready again. */
  readonly readyMs: number;
}

/** Undefined when one of the moments was not seen. */
function timesOf({ events }: Pick<RunData, 'events'>): OutageTimes | undefined {
  const phase = (name: string) => eventsOf(events, 'phase').find(({ subject }) => subject === name)?.atMs;
  const [goneMs, returnMs] = [phase('outage'), phase('return')];
  const scaledMs = eventsOf(events, 'scale').find(
    ({ subject, detail }) => subject === 'envoy' && detail?.to === 0,
  )?.atMs;
  const readyMs = eventsOf(events, 'envoy-ready').find(({ atMs }) => atMs >= (returnMs ?? Number.NaN))?.atMs;
  return scaledMs === undefined || goneMs === undefined || readyMs === undefined
    ? undefined
    : { scaledMs, goneMs, readyMs };
}

/** From the return until the first OK answer arrived, ms; infinite if there was none. */
function firstOkMs({ calls }: Pick<RunData, 'calls'>, readyMs: number): number {
  const ends = calls.flatMap(({ code, sentMs, latencyMs }) =>
    code === 'OK' && sentMs + latencyMs >= readyMs ? [sentMs + latencyMs - readyMs] : [],
  );
  return ends.reduce((first, ms) => Math.min(first, ms), Number.POSITIVE_INFINITY);
}
