// What do callers notice when a server freezes: connections stay open, nothing is answered?
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import type { Measurement } from '../records/claim';
import { eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { latenciesMs, sentWithin, type TimeSpan } from '../records/selection';
import { median, percentile } from '../statistics/percentile';
import { NO_RETRIES } from '../steps/mutations';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, ROUTING, SETTLING } from '../steps/waits';
import { watchingHosts } from '../steps/watch-hosts';
import { defineExperiment } from './define-experiment';

type HangSizes = {
  readonly repetitions: number;
  readonly freezeMs: number;
  /** Load before each freeze, ms: what the latency in it is compared with. */
  readonly beforeMs: number;
  readonly ratePerSecond: number;
};

const EJECTED_WITHIN_MS = 3000;

export const hang = defineExperiment<HangSizes, Facts>({
  name: 'hang',
  question: 'Do callers notice when a server pod freezes for fifteen seconds?',
  hypothesis:
    'Two unanswered health checks take the pod out within three seconds. Envoy sends a call that waits for it to another pod after two seconds, and the first answer wins. So no call fails, and later calls avoid the pod.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 5, freezeMs: 15_000, beforeMs: 8000, ratePerSecond: 200 },
    quick: { repetitions: 2, freezeMs: 15_000, beforeMs: 8000, ratePerSecond: 200 },
  },
  claims: ({ repetitions, freezeMs, beforeMs, ratePerSecond }) => [
    noneFails('failed', 'No call fails.', ({ calls }) => calls),
    {
      id: 'ejected',
      text: 'The longest time from a freeze until an Envoy sends the pod no more calls.',
      threshold: { atMost: EJECTED_WITHIN_MS / 1000 },
      unit: 's',
      measure: ({ ejections, freezes }) => ({
        value: ejections.length === 0 ? null : Math.max(...ejections) / 1000,
        detail: `${ejections.filter(Number.isFinite).length} ejections in ${freezes.length} freezes`,
      }),
    },
    {
      id: 'p99-after',
      text: 'The 99th percentile of latency, starting three seconds after a freeze, relative to that before it: the median of all freezes.',
      threshold: { atMost: 2 },
      unit: 'ratio',
      measure: ({ slowness }) => measureSlowness(slowness),
    },
    enoughCalls((repetitions * (freezeMs + beforeMs) * ratePerSecond) / 1000, ({ calls }) => [calls]),
    loadOverlaps('while a pod is frozen', repetitions, ({ calls, freezes }) => ({ calls, spans: freezes })),
    {
      id: 'p99-until-ejected',
      text: 'The 99th percentile of latency in the first three seconds of a freeze.',
      threshold: { reported: true },
      unit: 'ms',
      measure: ({ untilEjected }) => ({ value: percentile(untilEjected, 99) }),
    },
  ],
  expectedMs: ({ repetitions, freezeMs, beforeMs }) => 20_000 + repetitions * (freezeMs + beforeMs + 4000),
  run: async (system, recorder, { repetitions, freezeMs, beforeMs, ratePerSecond }, context) => {
    const { servers } = system.shipped;
    await system.settle(system.shipped, SETTLING);
    recorder.phase('freezing');
    const freezeAll = async () => {
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        await context.pause(beforeMs);
        const pods = (await system.pods('grpc-server')).filter(({ isReady }) => isReady);
        const victim = pods[repetition % pods.length];
        if (victim === undefined) throw new Error('cannot freeze a server pod: none is ready');
        await system.freeze(victim.name, freezeMs);
        await system.untilReady('grpc-server', servers, POD_CHANGE);
        await system.untilRouted(servers, ROUTING);
      }
    };
    const spec = { name: 'steady', target: 'envoys', ratePerSecond } as const;
    await watchingHosts(system, context, () => underLoad(system, context, spec, freezeAll));
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'A pod freezes, and the others get its calls',
      caption: 'Answered calls per second, stacked by pod, from SIGSTOP to SIGCONT.',
      marks: ['signal'],
    },
    { kind: 'latency', id: 'latency', title: 'Only calls of the first seconds are slow', marks: ['signal'] },
    {
      kind: 'dots',
      id: 'ejected',
      title: 'From the freeze until an Envoy no longer uses the pod',
      unit: 's',
      groups: [
        {
          label: 'each Envoy, each time',
          values: ejectionsMs(data)
            .filter(Number.isFinite)
            .map((ms) => ms / 1000),
        },
      ],
      limit: { value: EJECTED_WITHIN_MS / 1000, label: 'at most' },
    },
  ],
  mutations: [
    {
      name: 'no-health-check',
      text: 'Envoy checks no pod’s health, and does not eject a pod that fails its calls.',
      backends: ['local', 'cluster'],
      change: { envoys: { healthChecks: false, outlierEjection: false } },
      mustFail: ['ejected', 'p99-after'],
    },
    {
      ...NO_RETRIES,
      change: { envoys: { retries: false }, load: { env: { RETRIES: 'false', DEADLINE_MS: '3000' } } },
    },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<HangSizes>) {
  const freezes = freezesOf(data);
  return {
    calls: data.calls,
    freezes,
    ejections: ejectionsMs(data),
    untilEjected: freezes.flatMap((freeze) => latencies(data, spanUntilEjected, freeze)),
    slowness: freezes.map((freeze) => ({
      before: percentile(latencies(data, spanBefore, freeze), 99),
      after: percentile(latencies(data, spanAfter, freeze), 99),
    })),
  };
}

interface Freeze extends TimeSpan {
  readonly pod: string;
}

function freezesOf({ events }: RunData<HangSizes>): readonly Freeze[] {
  const signals = eventsOf(events, 'signal');
  return signals.flatMap(({ subject: pod = '', atMs: fromMs, detail }) => {
    if (detail?.signal !== 'SIGSTOP') return [];
    const end = signals.find((event) => event.detail?.signal === 'SIGCONT' && event.atMs >= fromMs);
    return end === undefined ? [] : [{ pod, fromMs, toMs: end.atMs }];
  });
}

/** From each freeze to the ejection by each Envoy, ms; infinite for an Envoy that used the pod all the time. */
function ejectionsMs(data: RunData<HangSizes>): readonly number[] {
  const hosts = eventsOf(data.events, 'hosts');
  const envoys = [...new Set(hosts.map(({ subject = '' }) => subject))];
  return freezesOf(data).flatMap(({ fromMs, toMs }) =>
    envoys.map((envoy) => {
      const ejection = hosts.find(
        ({ subject, atMs, detail }) =>
          subject === envoy && atMs >= fromMs && atMs < toMs && detail !== undefined && detail.healthy < detail.known,
      );
      return ejection === undefined ? Number.POSITIVE_INFINITY : ejection.atMs - fromMs;
    }),
  );
}

type SpanOf = (freeze: Freeze, sizes: HangSizes) => TimeSpan;
const spanBefore: SpanOf = ({ fromMs }, { beforeMs }) => ({ fromMs: fromMs - beforeMs, toMs: fromMs });
const spanUntilEjected: SpanOf = ({ fromMs }) => ({ fromMs, toMs: fromMs + EJECTED_WITHIN_MS });
const spanAfter: SpanOf = ({ fromMs, toMs }) => ({ fromMs: fromMs + EJECTED_WITHIN_MS, toMs });

function latencies({ calls, params }: RunData<HangSizes>, spanOf: SpanOf, freeze: Freeze): readonly number[] {
  return latenciesMs(sentWithin(calls, spanOf(freeze, params.sizes)));
}

/** Pairs, because a busy neighbour on this machine slows down one freeze, or the time before it, but never all. */
function measureSlowness(pairs: Facts['slowness']): Measurement {
  const texts = pairs.map(({ before, after }) => `${before.toFixed(1)} → ${after.toFixed(1)}`);
  return { value: median(pairs.map(({ before, after }) => after / before)), detail: `ms: ${texts.join(', ')}` };
}
