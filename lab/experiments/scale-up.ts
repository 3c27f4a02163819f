// How soon do new server pods carry their share? Counted from the moment at which they are ready.
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import { firstCallAfterMs, timeToShareMs } from '../records/arrival';
import { eventsOf, type RunEvent } from '../records/event';
import type { Backend } from '../records/params';
import type { RunData } from '../records/run-data';
import type { TimeSpan } from '../records/selection';
import { percentile } from '../statistics/percentile';
import { defaultDns } from '../steps/mutations';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';

type ScaleUpSizes = { readonly repetitions: number; readonly ratePerSecond: number };

const FEW = 3;
const MANY = 6;
/** A part of the fair share that counts as having it: in a second of calls a pod may have a few less. */
const SHARE = 0.8 / MANY;
const SHARE_WITHIN_MS = 5000;

export const scaleUp = defineExperiment<ScaleUpSizes, Facts>({
  name: 'scale-up',
  question: 'How soon do new server pods carry their share of the load?',
  hypothesis:
    'DNS names a pod before it listens. Envoy asks DNS every second and checks every pod twice a second. So a pod gets its first call within a second of being ready, often before the kubelet knows, and its full share at once.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 20, ratePerSecond: 200 },
    quick: { repetitions: 3, ratePerSecond: 200 },
  },
  claims: ({ repetitions, ratePerSecond }, backend) => {
    const expected = repetitions * (MANY - FEW);
    const slowest = (times: readonly number[], choose: (times: readonly number[]) => number) =>
      times.length === expected ? choose(times) : null;
    const seen = (times: readonly number[]) => `${times.length} of ${expected} new pods`;
    return [
      {
        id: 'first-call',
        text: 'From ready to its first call, the 95th percentile of new pods.',
        threshold: { atMost: FIRST_CALL_S[backend] },
        unit: 's',
        measure: ({ firstCallsS: times }) => ({
          value: slowest(times, (all) => percentile(all, 95)),
          detail: `${seen(times)}; ${range(times)}`,
        }),
      },
      {
        id: 'share',
        text: 'From ready to 80 % of a fair share, the slowest new pod.',
        threshold: { atMost: SHARE_WITHIN_MS / 1000 },
        unit: 's',
        measure: ({ sharesS: times }) => ({ value: slowest(times, (all) => Math.max(...all)), detail: seen(times) }),
      },
      noneFails('failed', 'No call fails.', ({ calls }) => calls),
      enoughCalls(repetitions * ratePerSecond * 5, ({ calls }) => [calls]),
      loadOverlaps('while pods come', repetitions, (facts) => facts),
    ];
  },
  expectedMs: ({ repetitions }) => 20_000 + repetitions * 23_000,
  run: async (system, recorder, { repetitions, ratePerSecond }, context) => {
    await system.settle({ ...system.shipped, servers: FEW }, SETTLING);
    recorder.phase('scaling');
    await underLoad(system, context, { name: 'steady', target: 'envoys', ratePerSecond }, async () => {
      for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        await system.scale('grpc-server', MANY);
        await system.untilReady('grpc-server', MANY, POD_CHANGE);
        // The share is taken over a second that must have begun within the time that is claimed.
        await context.pause(SHARE_WITHIN_MS + 1500);
        if (repetition === repetitions) return;
        await system.scale('grpc-server', FEW);
        await system.untilReady('grpc-server', FEW, POD_CHANGE);
        // Where in its second Envoy asks DNS next must not depend on the step before.
        await context.pause(1000 + 1000 * context.random());
      }
    });
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'New pods join the rotation within a second',
      caption: 'Answered calls per second, stacked by pod.',
    },
    {
      kind: 'dots',
      id: 'first-call',
      title: 'From ready to the first call, each new pod',
      unit: 's',
      groups: [{ label: 'new pods', values: finite(arrivals(data).map(({ firstCallS }) => firstCallS)) }],
      limit: { value: FIRST_CALL_S[data.params.backend], label: '95 of 100 pods' },
    },
    {
      kind: 'dots',
      id: 'share',
      title: 'To 80 % of a fair share, measured over a second, each new pod',
      unit: 's',
      groups: [{ label: 'new pods', values: finite(arrivals(data).map(({ shareS }) => shareS)) }],
      limit: { value: SHARE_WITHIN_MS / 1000, label: 'every pod' },
    },
    { kind: 'latency', id: 'latency', title: 'Latency while pods come and go' },
  ],
  mutations: [defaultDns(['first-call'])],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<ScaleUpSizes>) {
  const pods = arrivals(data);
  return {
    calls: data.calls,
    /** Of each new pod. */
    firstCallsS: pods.map(({ firstCallS }) => firstCallS),
    sharesS: pods.map(({ shareS }) => shareS),
    spans: scaleUpSpans(data.events),
  };
}

/** The clock of a cluster's events is a watch of its API, which is later than the pods. */
const FIRST_CALL_S: Readonly<Record<Backend, number>> = { local: 1.5, cluster: 2.5 };

interface Arrival {
  readonly pod: string;
  /** s; infinite where it never came. */
  readonly firstCallS: number;
  readonly shareS: number;
}

/** The pods that came while more were asked for. */
function arrivals({ calls, events }: RunData<ScaleUpSizes>): readonly Arrival[] {
  const ready = eventsOf(events, 'pod-ready');
  return scaleUpPeriods(events).flatMap(({ fromMs, toMs }) =>
    ready.flatMap(({ subject = '', atMs }) => {
      if (atMs < fromMs || atMs >= toMs) return [];
      const goal = { share: SHARE, withinMs: SHARE_WITHIN_MS + 1500 };
      return [
        {
          pod: subject,
          firstCallS: seconds(firstCallAfterMs(calls, subject, atMs)),
          shareS: seconds(timeToShareMs(calls, subject, atMs, goal)),
        },
      ];
    }),
  );
}

/** From each time that more servers were asked for until the next change, or the end of the run. */
function scaleUpPeriods(events: readonly RunEvent[]): readonly TimeSpan[] {
  const starts = eventsOf(events, 'phase').map(({ atMs }) => atMs);
  const scales = eventsOf(events, 'scale').filter(
    ({ subject, atMs }) => subject === 'grpc-server' && atMs >= (starts[0] ?? Number.POSITIVE_INFINITY),
  );
  return scales.flatMap(({ atMs, detail }, index) =>
    detail !== undefined && detail.to > detail.from
      ? [{ fromMs: atMs, toMs: scales[index + 1]?.atMs ?? Number.POSITIVE_INFINITY }]
      : [],
  );
}

/** From each time that more servers were asked for until the last of them was ready. */
function scaleUpSpans(events: readonly RunEvent[]): readonly TimeSpan[] {
  const ready = eventsOf(events, 'pod-ready');
  return scaleUpPeriods(events).flatMap(({ fromMs, toMs }) => {
    const last = ready.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).at(-1);
    return last === undefined ? [] : [{ fromMs, toMs: last.atMs }];
  });
}

function seconds(ms: number | undefined): number {
  return ms === undefined ? Number.POSITIVE_INFINITY : ms / 1000;
}

function finite(values: readonly number[]): readonly number[] {
  return values.filter(Number.isFinite);
}

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)} s`;
}
