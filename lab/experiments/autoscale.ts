// Does the number of pods follow the load, up and down, and where does the time go?

import { ASKS_SOONER, REACTS, REACTS_SOONER, windowFigures } from '../claims/autoscale-windows';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import { type Link, type LoadStep, lagsOf, totalOf, wantedOverTime } from '../records/autoscaling';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { eventsOf } from '../records/event';
import type { Backend } from '../records/params';
import { type Phase, phaseNamed, phasesOf } from '../records/phases';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { answersBy, ofLoad, sentWithin } from '../records/selection';
import { aimAutoscalers, releaseWhenCalm, untilAutoscaled, untilLooked } from '../steps/autoscaled';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import { SERVER_METRIC, watchingAutoscaler } from '../steps/watch-autoscaler';
import { defineExperiment } from './define-experiment';

type AutoscaleSizes = {
  /** Within what the smallest number of pods is for, calls/s. */
  readonly calmPerSecond: number;
  /** What comes on top of it. */
  readonly stepPerSecond: number;
  readonly holdMs: number;
};

/** From the end of the load on: window, memory, and a pod each half a minute. */
const BACK_WITHIN_MS = 480_000;
/** The window, and two looks. */
const CALM_MS = 45_000;
const LEAST_SHARE = 0.9;
const LINKS: Readonly<Record<Backend, readonly Link[]>> = {
  cluster: ['scrape', 'window', 'adapter', 'sync', 'start', 'discovery'],
  local: ['scrape', 'window', 'sync', 'start', 'discovery'],
};
const LONGEST_WINDOW = {
  text: 'The adapter’s query looks back over its longest window alone.',
  change: { longestWindowOnly: true },
} as const;
const LINK_TEXTS: Readonly<Record<Link, string>> = {
  scrape: 'From the first call of the new load until Prometheus has read every pod.',
  window: 'From there until the query shows how many pods are needed.',
  adapter: 'From there until the custom metrics API shows it too.',
  sync: 'From there until the Deployment asks for that many.',
  start: 'From there until all of them are ready.',
  discovery: 'From there until each new pod has had a call.',
};

export const autoscale = defineExperiment<AutoscaleSizes, Facts>({
  name: 'autoscale',
  question: 'Does the number of pods follow the load, up and down, and where does the time go?',
  hypothesis:
    'Ten seconds after a step in the load the metric shows all of it. Within half a minute the number of pods is load divided by target, and each has its share. Two minutes after the load has ended they leave, one every half minute.',
  backends: ['local', 'cluster'],
  needs: { local: ['prometheus'] },
  sizes: {
    // Between pods where one fewer is more than 10 % too few: 6.8 and 4.6 times the target.
    full: { calmPerSecond: 50, stepPerSecond: 86, holdMs: 30_000 },
    quick: { calmPerSecond: 50, stepPerSecond: 42, holdMs: 20_000 },
  },
  claims: (_, backend) => [
    {
      id: 'desired',
      text: 'The largest number of pods that is asked for equals load divided by target: the difference.',
      threshold: { equals: 0 },
      unit: 'pods',
      measure: ({ step, servers }) => ({
        value: step === undefined ? null : Math.max(...servers) - step.desired,
        detail: `${servers.join(' → ')} pods${step === undefined ? '' : ` for ${step.ratePerSecond.toFixed(2)} calls/s at ${step.target} per pod`}`,
      }),
    },
    {
      id: 'share',
      text: 'Once all pods are ready, each has its share: the smallest share, relative to a fair one.',
      threshold: { atLeast: LEAST_SHARE },
      unit: 'ratio',
      measure: ({ data, step }) => measureShare(data, step?.desired),
    },
    {
      id: 'back',
      text: 'After the load the number of pods is the same as before it: the difference.',
      threshold: { equals: 0 },
      unit: 'pods',
      measure: ({ servers }) => ({ value: (servers.at(-1) ?? Number.NaN) - (servers[0] ?? Number.NaN) }),
    },
    {
      id: 'flaps',
      text: 'The number of pods rises once and falls once: the number of reversals.',
      threshold: { equals: 0 },
      unit: 'events',
      measure: ({ turns }) => ({ value: turns }),
    },
    ...(backend === 'local' ? [ASKS_SOONER] : [REACTS, REACTS_SOONER]),
    ...LINKS[backend].map(
      (link): MeasuredClaim<Facts> => ({
        id: `lag-${link}`,
        text: LINK_TEXTS[link],
        threshold: { reported: true },
        unit: 's',
        measure: ({ lags }) => inSeconds(lags?.get(link)),
      }),
    ),
    noneFails('failed', 'No call fails.', ({ data }) => data.calls),
    loadOverlaps('while pods come and go', 1, ({ data, spans }) => ({ calls: data.calls, spans })),
  ],
  expectedMs: ({ calmPerSecond, stepPerSecond, holdMs }, backend) =>
    120_000 + CALM_MS + holdMs + (backend === 'local' ? 90_000 : 150_000 + 1500 * (calmPerSecond + stepPerSecond)),
  run: async (system, recorder, { calmPerSecond, stepPerSecond, holdMs }, context) => {
    await system.settle(system.shipped, SETTLING);
    await aimAutoscalers(system);
    recorder.phase('calm');
    const calm = { name: 'calm', target: 'envoys', ratePerSecond: calmPerSecond } as const;
    const step = { name: 'step', target: 'envoys', ratePerSecond: stepPerSecond } as const;
    const steps = () =>
      underLoad(system, context, calm, async () => {
        await releaseWhenCalm(system, context);
        await context.pause(CALM_MS);
        await untilLooked(system, context);
        recorder.phase('step');
        await underLoad(system, context, step, async () => {
          await untilAutoscaled(system, context, calmPerSecond + stepPerSecond, POD_CHANGE);
          // The last pod to be ready is in no Envoy's turn yet.
          await context.pause(5000);
          recorder.phase('hold');
          await context.pause(holdMs);
        });
        recorder.phase('back');
        await untilAutoscaled(system, context, calmPerSecond, { withinMs: BACK_WITHIN_MS });
      });
    await watchingAutoscaler(system, context, steps, { windows: true });
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'replicas',
      id: 'replicas',
      title: 'The pods follow the load, up and down',
      caption: 'Top: calls per second and pod as the autoscaler reads them, with its target. Bottom: the server pods.',
      tier: 'grpc-server',
      metric: SERVER_METRIC,
      marks: ['load-start', 'load-stop'],
    },
    ...windowFigures({ data, step: stepOf(data) }),
    {
      kind: 'rate',
      id: 'calls',
      title: 'New pods take their share of the calls',
      caption: 'Answered calls per second, stacked by pod.',
      marks: ['load-start', 'load-stop'],
    },
    { kind: 'latency', id: 'latency', title: 'Latency while pods come and go', marks: ['load-start', 'load-stop'] },
  ],
  mutations: [
    {
      name: 'cluster-ip',
      text: 'The client calls the servers’ ClusterIP: one connection, one pod.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'server-service' } },
      mustFail: ['share'],
    },
    { ...LONGEST_WINDOW, name: 'longest-window', backends: ['cluster'], mustFail: ['reacts-sooner'] },
    { ...LONGEST_WINDOW, name: 'longest-window-asks', backends: ['local'], mustFail: ['asks-sooner'] },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<AutoscaleSizes>) {
  const step = stepOf(data);
  const lags = step === undefined ? undefined : lagsOf(data, step, LINKS[data.params.backend]);
  return {
    data,
    step,
    lags,
    syncMs: totalOf(lags, ['scrape', 'window', 'adapter', 'sync']),
    totalMs: totalOf(lags, LINKS.cluster),
    ...changesOf(data),
    spans: step === undefined ? [] : [{ fromMs: step.atMs, toMs: phaseNamed(data, 'back').fromMs }],
  };
}

function inSeconds(ms: number | undefined): Measurement {
  return { value: ms === undefined ? null : ms / 1000 };
}

interface Step extends LoadStep {
  /** Measured while it lasted. */
  readonly ratePerSecond: number;
  readonly target: number;
}

/** Undefined when the load or the autoscaler was not seen. */
function stepOf(data: RunData<AutoscaleSizes>): Step | undefined {
  const first = ofLoad(data.calls, 'step')[0];
  const target = eventsOf(data.events, 'metric').find(
    ({ subject, detail }) => subject === SERVER_METRIC && detail?.target !== undefined,
  )?.detail?.target;
  const hold = phasesOf(data).find(({ name }) => name === 'hold');
  if (first === undefined || target === undefined || hold === undefined) return undefined;
  const ratePerSecond = (sentWithin(data.calls, hold).length / (hold.toMs - hold.fromMs)) * 1000;
  const desired = Math.ceil(ratePerSecond / target);
  return {
    atMs: first.sentMs,
    untilMs: hold.toMs,
    metric: SERVER_METRIC,
    above: (desired - 1) * target,
    desired,
    ratePerSecond,
    target,
  };
}

/** The numbers of servers that were wanted from the calm on, and how often either tier's went back on itself. */
function changesOf(data: RunData<AutoscaleSizes>): { readonly servers: readonly number[]; readonly turns: number } {
  const calm = phaseNamed(data, 'calm');
  const numbers = (tier: 'grpc-server' | 'envoy') => {
    const all = wantedOverTime(data.events, tier);
    const before = all.filter(({ atMs }) => atMs < calm.fromMs).slice(-1);
    return [...before, ...all.filter(({ atMs }) => atMs >= calm.fromMs)].map(({ wanted }) => wanted);
  };
  const servers = numbers('grpc-server');
  return { servers, turns: turnsOf(servers) + turnsOf(numbers('envoy')) };
}

/** Turns beyond the one from up to down. */
function turnsOf(numbers: readonly number[]): number {
  const steps = numbers.slice(1).map((number, index) => Math.sign(number - (numbers[index] as number)));
  const turns = steps.slice(1).filter((step, index) => step !== steps[index]).length;
  return Math.max(0, turns - (steps[0] === 1 ? 1 : 0));
}

function measureShare(data: RunData<AutoscaleSizes>, desired: number | undefined): Measurement {
  const hold: Phase = phaseNamed(data, 'hold');
  const pods = readyPodsAt(data.events, hold.fromMs);
  const counts = [...answersBy(sentWithin(data.calls, hold), 'pod', pods).values()];
  const fair = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const detail = `calls per pod: ${counts.join(', ')}`;
  return { value: pods.length === desired ? Math.min(...counts) / fair : null, detail };
}
