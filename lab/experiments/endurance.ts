// Does everything together, for minutes and in random order, leave a trace: a lost call, a leak of memory or descriptors?
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import { openDescriptors, residentMegabytes, trendOf, useSeries } from '../claims/resource-trend';
import type { RunContext } from '../experiment';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { CHAOS, chaosOrder, disturb } from '../steps/chaos';
import { meanwhile } from '../steps/meanwhile';
import { NO_RETRIES } from '../steps/mutations';
import { underLoad } from '../steps/under-load';
import { SETTLING } from '../steps/waits';
import type { System } from '../system/system';
import { defineExperiment } from './define-experiment';

type EnduranceSizes = {
  readonly minutes: number;
  readonly ratePerSecond: number;
  /** Load before the first disturbance, ms: pools and caches fill, and that is not a leak. */
  readonly warmUpMs: number;
};

const LOAD = 'steady';
/** A shorter run shows memory and descriptors, but no trend that could be judged. */
const TREND_MINUTES = 3;
/** What a disturbance and getting over it take on average, with room for a slow machine. */
const DISTURBANCES_PER_MINUTE = 3;

export const endurance = defineExperiment<EnduranceSizes, Facts>({
  name: 'endurance',
  question: 'Do minutes of random scaling, killing, stopping, rolling and DNS faults leave a trace?',
  hypothesis:
    'Each disturbance alone is absorbed, so many of them in any order are absorbed too, and nothing accumulates.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { minutes: 3, ratePerSecond: 100, warmUpMs: 60_000 },
    quick: { minutes: 1, ratePerSecond: 100, warmUpMs: 5000 },
  },
  claims: ({ minutes, ratePerSecond }) => {
    const trend = minutes < TREND_MINUTES ? ({ reported: true } as const) : { atMost: 1 };
    return [
      noneFails('failed', 'No call fails.', ({ calls }) => calls),
      enoughCalls(minutes * 60 * ratePerSecond, ({ calls }) => [calls]),
      loadOverlaps('from the first disturbance to the last', 1, (facts) => facts),
      trendOf(
        {
          id: 'memory',
          text: 'Memory of Envoys and client is flat once they are warm: the steepest trend.',
          threshold: trend,
          unit: 'MB/min',
        },
        residentMegabytes,
        ({ events, warmMs }) => ({ events, fromMs: warmMs }),
      ),
      trendOf(
        {
          id: 'descriptors',
          text: 'Open descriptors of Envoys and client are flat: the steepest trend.',
          threshold: trend,
          unit: 'descriptors/min',
        },
        openDescriptors,
        ({ events, warmMs }) => ({ events, fromMs: warmMs }),
      ),
      {
        id: 'disturbances',
        text: 'The number of disturbances.',
        threshold: { atLeast: minutes * DISTURBANCES_PER_MINUTE },
        unit: 'events',
        measure: ({ counts }) => ({
          value: counts.reduce((sum, count) => sum + count, 0),
          detail: CHAOS.map((step, index) => `${counts[index]} × ${step}`).join(', '),
        }),
      },
    ];
  },
  expectedMs: ({ minutes, warmUpMs }) => 40_000 + warmUpMs + minutes * 60_000,
  run: async (system, recorder, { minutes, ratePerSecond, warmUpMs }, context) => {
    await system.settle(system.shipped, SETTLING);
    recorder.phase('warm-up');
    const load = { name: LOAD, target: 'envoys', ratePerSecond } as const;
    const steps = async () => {
      await context.pause(warmUpMs);
      recorder.phase('chaos');
      const endMs = Date.now() + minutes * 60_000;
      for (const step of chaosOrder(context.random)) {
        recorder.note(step);
        await disturb(system, context, step);
        if (Date.now() >= endMs) break;
      }
      recorder.phase('calm');
      await system.untilReady('grpc-server', system.shipped.servers, SETTLING);
    };
    await watchingResources(system, context, LOAD, () => underLoad(system, context, load, steps));
  },
  read: factsOf,
  figures: ({ events }) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'Pods come and go, and no call is lost',
      caption: 'Answered calls per second, stacked by pod.',
    },
    {
      kind: 'series',
      id: 'memory',
      title: 'Memory stays where it is',
      axis: 'resident memory (MB)',
      series: useSeries(events, residentMegabytes),
    },
    {
      kind: 'series',
      id: 'descriptors',
      title: 'Open descriptors stay where they are',
      axis: 'open descriptors',
      series: useSeries(events, openDescriptors),
    },
    { kind: 'latency', id: 'latency', title: 'Latency through it all' },
  ],
  mutations: [NO_RETRIES],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf({ calls, events }: RunData<EnduranceSizes>) {
  const phase = (name: string) => eventsOf(events, 'phase').find(({ subject }) => subject === name)?.atMs;
  const [fromMs, toMs] = [phase('chaos'), phase('calm')];
  const notes = eventsOf(events, 'note').map(({ detail }) => detail?.text ?? '');
  return {
    calls,
    events,
    spans: fromMs === undefined || toMs === undefined ? [] : [{ fromMs, toMs }],
    warmMs: fromMs ?? Number.POSITIVE_INFINITY,
    /** How often each kind of disturbance happened. */
    counts: CHAOS.map((step) => notes.filter((text) => text === step).length),
  };
}

/** Reads the memory and the descriptors of what should live all through: the Envoys and a load generator. */
function watchingResources<T>(
  system: System,
  context: Pick<RunContext, 'pause'>,
  load: string,
  steps: () => Promise<T>,
): Promise<T> {
  const readAll = async () => {
    const names = [...(await system.pods('envoy')).map(({ name }) => name), load];
    await Promise.allSettled(names.map((name) => system.resources(name)));
  };
  return meanwhile(context, readAll, { intervalMs: 2000 }, steps);
}
