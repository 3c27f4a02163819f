// What happens to callers when there is no Envoy at all, and how soon is all well again when they come back?
import { countCodes, measureFailed, noneFails } from '../claims/failed-calls';
import { loadOverlaps, measureOverlap } from '../claims/load-overlap';
import type { Experiment } from '../experiment';
import { judge } from '../records/claim';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { failed, sentWithin, type TimeSpan } from '../records/selection';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';

type OutageSizes = {
  readonly outageMs: number;
  readonly ratePerSecond: number;
  readonly deadlineMs: number;
};

const ENVOYS = 2;
const FIRST_OK_WITHIN_MS = 3000;
/** Load after the return, ms. */
const AFTERWARDS_MS = 10_000;
/** A timer of a busy process may fire this much late, ms. */
const TIMER_MS = 100;

export const outage: Experiment<OutageSizes> = {
  name: 'outage',
  question: 'Does the client survive ten seconds without any Envoy, and recover by itself?',
  hypothesis:
    'Calls wait for a connection and end at their deadline at the latest; the client goes on looking up the name and trying, so the first Envoy that is back gets calls within three seconds.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { outageMs: 10_000, ratePerSecond: 100, deadlineMs: 5000 },
    quick: { outageMs: 10_000, ratePerSecond: 100, deadlineMs: 5000 },
  },
  claims: ({ deadlineMs }) => [
    {
      id: 'deadline',
      text: 'Every call ends by its deadline, a timer’s delay aside: the longest one.',
      threshold: { atMost: deadlineMs + TIMER_MS },
      unit: 'ms',
    },
    {
      id: 'first-ok',
      text: 'From the moment when the first Envoy is ready again to the first answer.',
      threshold: { atMost: FIRST_OK_WITHIN_MS / 1000 },
      unit: 's',
    },
    noneFails('failed-before', 'No call fails that could end before the outage.'),
    noneFails('failed-after', 'No call fails that is sent three seconds after the return, or later.'),
    {
      id: 'failed-during',
      text: 'Calls do fail while there is no Envoy.',
      threshold: { atLeast: 1 },
      unit: 'calls',
    },
    loadOverlaps('the client lives on while there is no Envoy'),
  ],
  expectedMs: ({ outageMs }) => outageMs + 55_000,
  run: async (system, recorder, { outageMs, ratePerSecond, deadlineMs }, context) => {
    await system.settle({ servers: 3, envoys: ENVOYS }, SETTLING);
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
        await system.scale('envoy', ENVOYS);
        await system.untilReady('envoy', ENVOYS, POD_CHANGE);
      },
      { tailMs: AFTERWARDS_MS },
    );
  },
  evaluate: (data) => {
    const { calls, params } = data;
    const times = timesOf(data);
    const spans = times === undefined ? [] : [{ fromMs: times.scaledMs, toMs: times.readyMs }];
    const after = times === undefined ? [] : sentWithin(calls, from(times.readyMs + FIRST_OK_WITHIN_MS));
    const before =
      times === undefined
        ? []
        : sentWithin(calls, { fromMs: 0, toMs: times.scaledMs }).filter(
            ({ sentMs, latencyMs }) => sentMs + latencyMs < times.scaledMs,
          );
    const during = times === undefined ? [] : failed(sentWithin(calls, { fromMs: times.goneMs, toMs: times.readyMs }));
    return judge(params.claims, {
      deadline: {
        value: calls.reduce((longest, { latencyMs }) => Math.max(longest, latencyMs), Number.NEGATIVE_INFINITY),
      },
      'first-ok': { value: times === undefined ? null : firstOkMs(data, times.readyMs) / 1000 },
      'failed-before': measureFailed(before),
      'failed-after': measureFailed(after),
      'failed-during': { value: during.length, detail: countCodes(during) },
      'load-overlaps': measureOverlap(calls, spans, 1),
    });
  },
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      by: 'via',
      title: 'Without an Envoy nothing is answered; with the first one everything is',
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
};

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

function from(fromMs: number): TimeSpan {
  return { fromMs, toMs: Number.POSITIVE_INFINITY };
}
