// What do the autoscalers do while a part of the metrics chain is gone, and how soon do they resume when it is back?
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import { wantedOverTime } from '../records/autoscaling';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { eventsOf } from '../records/event';
import { phasesOf } from '../records/phases';
import type { RunData } from '../records/run-data';
import type { TimeSpan } from '../records/selection';
import { aimAutoscalers, releaseWhenCalm, untilAutoscaled } from '../steps/autoscaled';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import { SERVER_METRIC, watchingAutoscaler } from '../steps/watch-autoscaler';
import { defineExperiment } from './define-experiment';

type MetricsOutageSizes = {
  readonly outageMs: number;
  /** At first, calls/s; asks for more than the smallest number of pods. */
  readonly ratePerSecond: number;
  /** What is added to it in each outage; the autoscaler has to follow it afterwards. */
  readonly morePerSecond: number;
};

/** In this order; the second outage begins when the first one is over and its load has its pods. */
const PARTS = ['prometheus', 'prometheus-adapter'] as const;
type Part = (typeof PARTS)[number];
const RESUMES_WITHIN_S = 60;
/** Time for the autoscalers to do something wrong when the chain is back, ms: what they remember, and two looks. */
const AFTERWARDS_MS = 150_000;

export const metricsOutage = defineExperiment<MetricsOutageSizes, Facts>({
  name: 'metrics-outage',
  question: 'Do pods stay when the metrics are gone, and does scaling continue when they are back?',
  hypothesis:
    'Without a metric an autoscaler does not change the number of pods, and calls do not depend on metrics at all. The adapter’s query gives no answer from half a window. So within a minute of the return the autoscaler follows the load again, and removes no pod before that.',
  backends: ['cluster'],
  sizes: {
    // For 4, 5 and 6 pods, where one fewer is more than 10 % too few. Longer than the two minutes that an autoscaler
    // remembers: within them it would not take pods away in any case.
    full: { outageMs: 180_000, ratePerSecond: 73, morePerSecond: 21 },
    quick: { outageMs: 135_000, ratePerSecond: 73, morePerSecond: 21 },
  },
  claims: ({ outageMs }) => [
    {
      id: 'falls',
      text: 'No tier loses a pod at any time.',
      threshold: { equals: 0 },
      unit: 'events',
      measure: ({ data, spans }) => measureFalls(data, spans[0]),
    },
    ...PARTS.flatMap((part): readonly MeasuredClaim<Facts>[] => [
      {
        id: `resumes-${part}`,
        text: `From the moment when ${part} is ready again until more pods are asked for.`,
        threshold: { atMost: RESUMES_WITHIN_S },
        unit: 's',
        measure: ({ data, outages }) => measureResumption(data, outages.get(part)),
      },
      {
        id: `away-${part}`,
        text: `How long no metric was available without ${part}.`,
        threshold: { atLeast: outageMs / 1000 },
        unit: 's',
        measure: ({ data, outages }) => measureAbsence(data, outages.get(part)),
      },
    ]),
    noneFails('failed', 'No call fails.', ({ data }) => data.calls),
    loadOverlaps('while metrics are gone', PARTS.length, ({ data, spans }) => ({ calls: data.calls, spans })),
  ],
  expectedMs: ({ outageMs }) => 60_000 + PARTS.length * (outageMs + 90_000) + AFTERWARDS_MS,
  run: async (system, recorder, { outageMs, ratePerSecond, morePerSecond }, context) => {
    await system.settle(system.shipped, SETTLING);
    await aimAutoscalers(system);
    recorder.phase('before');
    let total = ratePerSecond;
    /** One outage and what follows it, under one more load than the one before. */
    const goThrough = async ([part, ...others]: readonly Part[]): Promise<void> => {
      if (part === undefined) {
        recorder.phase('afterwards');
        return context.pause(AFTERWARDS_MS);
      }
      recorder.phase(`without ${part}`);
      await system.setComponent(part, false, POD_CHANGE);
      total += morePerSecond;
      const more = { name: `more-${part}`, target: 'envoys', ratePerSecond: morePerSecond } as const;
      await underLoad(system, context, more, async () => {
        await context.pause(outageMs);
        await system.setComponent(part, true, POD_CHANGE);
        recorder.phase(`with ${part} again`);
        await untilAutoscaled(system, context, total, POD_CHANGE);
        await goThrough(others);
      });
    };
    await releaseWhenCalm(system, context);
    await watchingAutoscaler(system, context, () =>
      underLoad(system, context, { name: 'steady', target: 'envoys', ratePerSecond }, async () => {
        await untilAutoscaled(system, context, total, POD_CHANGE);
        await goThrough(PARTS);
      }),
    );
  },
  read: factsOf,
  figures: () => [
    {
      kind: 'replicas',
      id: 'replicas',
      title: 'Pods stay while metrics are gone, and follow the load when they are back',
      caption:
        'Top: calls per second and pod as the autoscaler reads them, with its target, and a gap where it could not ' +
        'read them. Bottom: the server pods.',
      tier: 'grpc-server',
      metric: SERVER_METRIC,
      marks: ['component-down', 'component-up', 'load-start'],
    },
    {
      kind: 'rate',
      id: 'calls',
      title: 'Calls do not depend on metrics',
      caption: 'Answered calls per second, stacked by pod.',
      marks: ['component-down', 'component-up'],
    },
  ],
  mutations: [
    {
      name: 'half-windows',
      text: 'The adapter answers before Prometheus has seen a whole window.',
      backends: ['cluster'],
      change: { adapterAnswersEarly: true },
      mustFail: ['falls'],
    },
  ],
});

type Data = RunData<MetricsOutageSizes>;
type Facts = ReturnType<typeof factsOf>;

function factsOf(data: Data) {
  const outages = new Map(PARTS.map((part) => [part, outageOf(data, part)]));
  const spans = [...outages.values()].flatMap((span) => (span === undefined ? [] : [span]));
  return { data, outages, spans };
}

/** From the moment when the part was gone until it was ready again. */
function outageOf({ events }: Data, part: Part): TimeSpan | undefined {
  const find = (kind: 'component-down' | 'component-up') =>
    eventsOf(events, kind).find(({ subject }) => subject === part)?.atMs;
  const [fromMs, toMs] = [find('component-down'), find('component-up')];
  return fromMs === undefined || toMs === undefined ? undefined : { fromMs, toMs };
}

function measureFalls(data: Data, first: TimeSpan | undefined): Measurement {
  // When the load goes, so do pods: that is as it should be.
  const untilMs = phasesOf(data).find(({ name }) => name === 'afterwards')?.toMs;
  if (first === undefined || untilMs === undefined) return { value: null, detail: 'an outage was not seen' };
  const endMs = Math.min(untilMs, eventsOf(data.events, 'load-stop')[0]?.atMs ?? untilMs);
  const numbers = (['grpc-server', 'envoy'] as const).map((tier) =>
    wantedOverTime(data.events, tier)
      .filter(({ atMs }, index, all) => (all[index + 1]?.atMs ?? endMs) > first.fromMs && atMs < endMs)
      .map(({ wanted }) => wanted),
  );
  const falls = numbers.map((wanted) => wanted.filter((number, index) => number < (wanted[index - 1] ?? 0)).length);
  return {
    value: falls.reduce((sum, count) => sum + count, 0),
    detail: numbers.map((wanted, index) => `${index === 0 ? 'servers' : 'Envoys'} ${wanted.join(' → ')}`).join('; '),
  };
}

/** Until the servers' Deployment wants more than at the end of the outage. */
function measureResumption({ events }: Data, span: TimeSpan | undefined): Measurement {
  if (span === undefined) return { value: null, detail: 'the outage was not seen' };
  const wanted = wantedOverTime(events, 'grpc-server');
  const before = wanted.filter(({ atMs }) => atMs <= span.toMs).at(-1)?.wanted ?? Number.POSITIVE_INFINITY;
  const more = wanted.find((each) => each.atMs > span.toMs && each.wanted > before);
  return { value: more === undefined ? null : (more.atMs - span.toMs) / 1000, detail: `from ${before} pods` };
}

/**
 * The longest silence of the custom metrics API, of which it is asked every second, that overlaps the outage. The API may
 * answer before the driver has seen that the part is ready, so the end of the outage does not end a silence.
 */
function measureAbsence({ events }: Data, span: TimeSpan | undefined): Measurement {
  if (span === undefined) return { value: null, detail: 'the outage was not seen' };
  const answers = eventsOf(events, 'metric').filter(({ detail }) => detail?.source === 'custom-metrics');
  const silences = answers.slice(1).flatMap(({ atMs: toMs }, index) => {
    const { atMs: fromMs } = answers[index] as (typeof answers)[number];
    return fromMs <= span.toMs && toMs > span.fromMs ? [(toMs - fromMs) / 1000] : [];
  });
  const isOver = answers.some(({ atMs }) => atMs > span.toMs);
  return { value: isOver && silences.length > 0 ? Math.max(...silences) : null };
}
