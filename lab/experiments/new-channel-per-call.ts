// What the common workaround for a Service that balances connections costs: a new connection for every call.
import { type ChannelRun, channelLoad, channelRuns, ONE_CHANNEL, PER_CALL, type Variant } from '../claims/channel-runs';
import { noneFails } from '../claims/failed-calls';
import type { MeasuredClaim, Measurement, Unit } from '../records/claim';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { bootstrapInterval } from '../statistics/bootstrap';
import type { Interval } from '../statistics/interval';
import { blockOrder, pairedRatio } from '../statistics/paired-ratio';
import { median } from '../statistics/percentile';
import { SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';

type NewChannelSizes = {
  /** Blocks of four runs, two of each variant. */
  readonly blocks: number;
  readonly ratePerSecond: number;
  /** How long is measured in each run, ms. */
  readonly measureMs: number;
};

/** A threshold stands on it. */
const SERVERS = 3;
/** Of each run before it is measured, ms: code is compiled, connections are opened. */
const LEAD_MS = 1500;
const VARIANTS = [ONE_CHANNEL, PER_CALL];
/** The least part of the calls that the rate requires: a stalled machine may send some late. */
const LEAST_CALLS = 0.9;

type Measured = 'latency' | 'cpu' | 'jain';
const COSTS: readonly { readonly id: Measured; readonly text: string; readonly unit: Unit }[] = [
  { id: 'latency', text: 'the mean latency', unit: 'ms' },
  { id: 'cpu', text: 'the CPU time of the client', unit: 'ms/call' },
];

export const newChannelPerCall = defineExperiment<NewChannelSizes, Facts>({
  name: 'new-channel-per-call',
  question: 'What does it cost to open a new channel for every call?',
  hypothesis:
    'It does spread the calls, since each connection through a Service may reach another pod, but only by chance. And every call pays for a look-up of the name and for the handshakes of TCP and HTTP/2.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { blocks: 4, ratePerSecond: 100, measureMs: 6000 },
    quick: { blocks: 3, ratePerSecond: 100, measureMs: 3000 },
  },
  claims: ({ blocks, ratePerSecond, measureMs }) => [
    ...COSTS.flatMap(({ id, text, unit }): MeasuredClaim<Facts>[] => [
      ...VARIANTS.map((variant) =>
        reported(`${id}-${variant.name}`, `With ${variant.label}: ${text}.`, unit, (runs) =>
          medianOf(runs.of(variant), id),
        ),
      ),
      reported(`${id}-ratio`, `A channel per call against one channel: ${text}.`, 'ratio', (runs) =>
        ratioOf(runs, blocks, id),
      ),
    ]),
    ...VARIANTS.map((variant) =>
      reported(`jain-${variant.name}`, `With ${variant.label}: Jain’s index over the pods.`, 'index', (runs) =>
        medianOf(runs.of(variant), 'jain'),
      ),
    ),
    {
      id: 'reaches-all',
      text: 'A channel per call brings calls to every pod, in every run.',
      threshold: { equals: SERVERS },
      unit: 'pods',
      measure: ({ one, perCall }) => ({
        value: perCall.length === 0 ? null : Math.min(...perCall.map(({ pods }) => pods)),
        detail: `one channel reaches ${Math.max(0, ...one.map(({ pods }) => pods))}`,
      }),
    },
    noneFails('failed', 'No call fails, so no call is cheap because it was given up.', ({ calls }) => calls),
    {
      id: 'calls',
      text: 'Each run makes as many calls as its rate requires: the run with the fewest.',
      threshold: { atLeast: Math.floor((LEAST_CALLS * ratePerSecond * measureMs) / 1000) },
      unit: 'calls',
      measure: ({ all }) => ({ value: all.length === 0 ? null : Math.min(...all.map(({ calls }) => calls)) }),
    },
    {
      id: 'runs',
      text: 'All runs of all blocks were measured.',
      threshold: { equals: 4 * blocks },
      unit: 'events',
      measure: ({ all }) => ({ value: all.length }),
    },
  ],
  expectedMs: ({ blocks, measureMs }) => 10_000 + 4 * blocks * (measureMs + LEAD_MS + 1500),
  run: async (system, recorder, { blocks, ratePerSecond, measureMs }, { pause, random }) => {
    await system.settle({ ...system.shipped, servers: SERVERS }, SETTLING);
    recorder.phase('calling');
    const done = new Map<Variant, number>();
    const measure = async (variant: Variant) => {
      const run = (done.get(variant) ?? 0) + 1;
      done.set(variant, run);
      const load = await system.startLoad({
        name: channelLoad(variant, run),
        target: 'server-service',
        ratePerSecond,
        env: { NEW_CHANNEL_PER_CALL: String(variant.isPerCall) },
      });
      await pause(LEAD_MS);
      await system.resources(load.name);
      await pause(measureMs);
      await system.resources(load.name);
      await load.stop();
    };
    for (let block = 1; block <= blocks; block += 1) {
      for (const side of blockOrder(random)) await measure(side === 'a' ? PER_CALL : ONE_CHANNEL);
    }
  },
  read: factsOf,
  figures: (data) => [
    ...COSTS.map(({ id, text, unit }) => ({
      kind: 'dots' as const,
      id,
      title: `What a channel for every call costs: ${text}`,
      caption: 'Each dot is a run. The runs of both kinds took turns.',
      unit,
      groups: VARIANTS.map((variant) => ({
        label: variant.label,
        values: runsOf(data, variant).map((run) => run[id]),
      })),
    })),
    {
      kind: 'share',
      id: 'share',
      title: 'One channel stays with one pod, many are spread by chance',
      caption: 'The first run of each kind.',
      groups: VARIANTS.map((variant) => ({
        label: variant.label,
        loads: [channelLoad(variant, 1)],
        pods: readyPodsAt(data.events, Number.POSITIVE_INFINITY),
      })),
    },
  ],
  mutations: [
    {
      name: 'one-channel',
      text: 'The client keeps its channel in every run.',
      backends: ['local', 'cluster'],
      change: { load: { env: { NEW_CHANNEL_PER_CALL: 'false' } } },
      mustFail: ['reaches-all'],
    },
  ],
});

type Runs = readonly ChannelRun[];
type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<NewChannelSizes>) {
  const [one, perCall] = VARIANTS.map((variant) => runsOf(data, variant)) as [Runs, Runs];
  const of = ({ isPerCall }: Variant) => (isPerCall ? perCall : one);
  return { calls: data.calls, one, perCall, all: [...one, ...perCall], of };
}

function reported(
  id: string,
  text: string,
  unit: Unit,
  measure: (facts: Facts) => Interval | undefined,
): MeasuredClaim<Facts> {
  return { id, text, threshold: { reported: true }, unit, measure: (facts) => toMeasurement(measure(facts)) };
}

function runsOf(data: RunData<NewChannelSizes>, variant: Variant): Runs {
  return channelRuns(data, variant, 2 * data.params.sizes.blocks);
}

function medianOf(runs: Runs, field: Measured): Interval | undefined {
  const values = runs.map((run) => run[field]);
  return values.length === 0 ? undefined : bootstrapInterval(values, median, { method: 'percentile' });
}

/** Over the blocks that have runs of both variants. */
function ratioOf({ one, perCall }: Facts, count: number, field: Measured): Interval | undefined {
  const within = (runs: Runs, block: number) => runs.filter((run) => run.block === block).map((run) => run[field]);
  const blocks = Array.from({ length: count }, (_, index) => ({
    a: within(perCall, index + 1),
    b: within(one, index + 1),
  })).filter(({ a, b }) => a.length > 0 && b.length > 0);
  return blocks.length === 0 ? undefined : pairedRatio(blocks);
}

function toMeasurement(interval: Interval | undefined): Measurement {
  if (interval === undefined) return { value: null };
  return { value: interval.estimate, interval: { low: interval.low, high: interval.high } };
}
