// The experiments of one shape: servers come or go in order under load, first as shipped, then with every retry of every
// layer switched off: client/channel.ts says what is left. Nothing may be lost either time. What the change is, each
// experiment says.
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import { executedUnanswered } from '../claims/server-work';
import type { Experiment, Mutation, RunContext } from '../experiment';
import type { Call } from '../records/call';
import type { RunEvent } from '../records/event';
import type { RunData } from '../records/run-data';
import { attemptsPerCall, ofLoad, type TimeSpan } from '../records/selection';
import { countingServers } from '../steps/server-counters';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import type { System } from '../system/system';
import { defineExperiment } from './define-experiment';

/** How often the change is made in each half, and the smallest number of calls. */
export type ChangeSizes = { readonly repetitions: number; readonly calls: number; readonly ratePerSecond: number };

export interface LosslessChange {
  readonly name: string;
  readonly question: string;
  readonly hypothesis: string;
  readonly sizes: { readonly full: ChangeSizes; readonly quick: ChangeSizes };
  /** Server pods before the first change; as shipped by default. */
  readonly servers?: number;
  /** Completes the claim about the load's overlap: `while pods leave`. */
  readonly when: string;
  /** All repetitions; resolves when the last one is complete. */
  readonly change: (system: System, sizes: ChangeSizes, context: RunContext) => Promise<void>;
  /** From the beginning to the end of each repetition, those of both halves. */
  readonly spans: (events: readonly RunEvent[]) => readonly TimeSpan[];
  /** Of one repetition, for the display of time left. */
  readonly repetitionMs: number;
  readonly rateTitle: string;
}

/** Names of the halves: of their phases and of their loads. */
export const WITH_RETRIES = 'with-retries';
export const WITHOUT_RETRIES = 'without-retries';

const NO_DRAIN_DELAY: Mutation = {
  name: 'no-drain-delay',
  text: 'Servers close their port at once instead of waiting until Envoy has noticed that they are leaving.',
  backends: ['local', 'cluster'],
  change: { serverEnv: { DRAIN_DELAY_MS: '0' } },
  mustFail: ['failed-without-retries'],
};

interface Facts extends Pick<RunData, 'calls' | 'events'> {
  readonly withRetries: readonly Call[];
  readonly without: readonly Call[];
  readonly spans: readonly TimeSpan[];
}

export function losslessChange(what: LosslessChange): Experiment<ChangeSizes> {
  return defineExperiment<ChangeSizes, Facts>({
    name: what.name,
    question: what.question,
    hypothesis: what.hypothesis,
    backends: ['local', 'cluster'],
    sizes: what.sizes,
    read: ({ calls, events }) => ({
      calls,
      events,
      withRetries: ofLoad(calls, WITH_RETRIES),
      without: ofLoad(calls, WITHOUT_RETRIES),
      spans: what.spans(events),
    }),
    claims: ({ repetitions, calls: count }) => [
      noneFails('failed-with-retries', 'No call fails.', ({ withRetries }) => withRetries),
      noneFails(
        'failed-without-retries',
        'No call fails with every retry of client and Envoy switched off: none that a server has seen is sent again.',
        ({ without }) => without,
      ),
      enoughCalls(count, ({ withRetries, without }) => [withRetries, without]),
      loadOverlaps(what.when, 2 * repetitions, (facts) => facts),
      {
        id: 'attempts-without-retries',
        text: 'Without retries, servers see each call once.',
        threshold: { equals: 1 },
        unit: 'attempts',
        measure: ({ withRetries, without }) => ({
          value: attemptsPerCall(without),
          detail: `with retries ${attemptsPerCall(withRetries).toFixed(4)}`,
        }),
      },
      executedUnanswered((facts) => facts),
    ],
    expectedMs: ({ repetitions, calls, ratePerSecond }) =>
      60_000 + 2 * Math.max(4000 + repetitions * what.repetitionMs, (calls / ratePerSecond) * 1000),
    run: async (system, recorder, sizes, context) => {
      const before = { ...system.shipped, ...(what.servers !== undefined && { servers: what.servers }) };
      const half = async (name: string, retries: boolean) => {
        recorder.phase(name);
        const env = { RETRIES: String(retries) };
        const spec = { name, target: 'envoys', ratePerSecond: sizes.ratePerSecond, env } as const;
        await underLoad(system, context, spec, () => what.change(system, sizes, context), sizes);
      };
      await system.settle(before, SETTLING);
      await countingServers(system, context, async () => {
        await half(WITH_RETRIES, true);
        recorder.phase('changing-settings');
        await system.scale('grpc-server', before.servers);
        await system.untilReady('grpc-server', before.servers, POD_CHANGE);
        await system.configureEnvoys({ retries: false }, SETTLING);
        await system.untilRouted(before.servers, POD_CHANGE);
        await half(WITHOUT_RETRIES, false);
      });
    },
    figures: () => [
      {
        kind: 'rate',
        id: 'without-retries',
        title: what.rateTitle,
        caption: 'Answered calls per second, stacked by pod, with every retry switched off.',
        loads: [WITHOUT_RETRIES],
      },
      { kind: 'latency', id: 'latency', title: 'Latency without retries', loads: [WITHOUT_RETRIES] },
      {
        kind: 'rate',
        id: 'with-retries',
        title: 'The same as shipped, with retries',
        loads: [WITH_RETRIES],
      },
    ],
    mutations: [NO_DRAIN_DELAY],
  });
}
