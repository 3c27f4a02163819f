// What do callers notice when a server is killed while it works on calls?
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { type KillFacts, killsInterrupt, killsMeetCalls, killsOf, momentsOf, withKills } from '../claims/kills';
import { loadOverlaps } from '../claims/load-overlap';
import { executedUnanswered } from '../claims/server-work';
import { attemptsPerCall } from '../records/selection';
import { randomInteger } from '../statistics/seeded-random';
import { NO_RETRIES } from '../steps/mutations';
import { countingServers } from '../steps/server-counters';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, ROLLING, ROUTING, SETTLING } from '../steps/waits';
import type { System } from '../system/system';
import { defineExperiment } from './define-experiment';

export type CrashSizes = {
  readonly repetitions: number;
  readonly calls: number;
  readonly ratePerSecond: number;
  /** How long each call takes, ms, so that there are some in flight. */
  readonly workMs: number;
};

const LEAST_IN_FLIGHT = 20;

export const crash = defineExperiment<CrashSizes, KillFacts<CrashSizes>>({
  name: 'crash',
  question: 'Do callers notice when a server pod is killed with calls in flight?',
  hypothesis:
    'Envoy sees the connection break, sends each of its calls to another pod, and stops using the dead pod after two refused connections. Callers wait a little longer and lose nothing.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 20, calls: 10_000, ratePerSecond: 200, workMs: 400 },
    quick: { repetitions: 4, calls: 2000, ratePerSecond: 200, workMs: 400 },
  },
  claims: ({ repetitions, calls: count }) => [
    noneFails('failed', 'No call fails.', ({ calls }) => calls),
    enoughCalls(count, ({ calls }) => [calls]),
    {
      id: 'attempts',
      text: 'Servers see barely more than one attempt per call.',
      threshold: { atMost: 1.05 },
      unit: 'attempts',
      measure: ({ calls }) => ({ value: attemptsPerCall(calls) }),
    },
    killsMeetCalls(LEAST_IN_FLIGHT, ({ kills }) => kills),
    killsInterrupt(({ kills }) => kills),
    loadOverlaps('while a pod is killed', repetitions, ({ calls, kills }) => ({ calls, spans: momentsOf(kills) })),
    executedUnanswered((facts) => facts),
  ],
  expectedMs: ({ repetitions, calls, ratePerSecond }) =>
    20_000 + Math.max((calls / ratePerSecond) * 1000, repetitions * 8500),
  run: async (system, recorder, { repetitions, calls, ratePerSecond, workMs }, context) => {
    await system.settle(system.shipped, SETTLING);
    recorder.phase('killing');
    await countingServers(system, context, async () => {
      const spec = { name: 'steady', target: 'envoys', ratePerSecond } as const;
      await underLoad(system, context, spec, () => killAll(system, context, repetitions, workMs), { calls });
    });
  },
  read: withKills,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'The others take over at once',
      caption: 'Answered calls per second, stacked by pod; each line is a kill.',
      marks: ['signal'],
    },
    { kind: 'latency', id: 'latency', title: 'What a kill costs its callers', marks: ['signal'] },
    {
      kind: 'dots',
      id: 'in-flight',
      title: 'Calls in flight at each kill, and how many of them were sent again',
      unit: 'calls',
      groups: [
        { label: 'in flight', values: killsOf(data).map(({ inFlight }) => inFlight) },
        { label: 'sent again', values: killsOf(data).map(({ interrupted }) => interrupted) },
      ],
      limit: { value: LEAST_IN_FLIGHT, label: 'fewest required' },
    },
  ],
  mutations: [NO_RETRIES],
});

/** Kills pods that were not killed before, since a container that crashes again and again is restarted ever later. */
async function killAll(
  system: System,
  { pause, random }: { readonly pause: (ms: number) => Promise<void>; readonly random: () => number },
  repetitions: number,
  workMs: number,
): Promise<void> {
  const { servers } = system.shipped;
  const killed = new Set<string>();
  const isSlow = new Set<string>();
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    let pods = await system.pods('grpc-server');
    if (pods.every(({ name }) => killed.has(name))) {
      await system.roll('grpc-server', ROLLING);
      await system.untilReady('grpc-server', servers, POD_CHANGE);
      await system.untilRouted(servers, ROUTING);
      pods = await system.pods('grpc-server');
    }
    for (const { name } of pods.filter((pod) => !isSlow.has(pod.name))) {
      await system.injectFault(name, { delayMs: workMs });
      isSlow.add(name);
    }
    // At any moment of the work, not always right after a pod has come.
    await pause(1000 + 1000 * random());
    const candidates = pods.filter(({ name, isReady, isDraining }) => isReady && !isDraining && !killed.has(name));
    const victim = candidates[randomInteger(random, candidates.length)];
    if (victim === undefined) throw new Error('cannot kill a server pod: none is ready that was not killed before');
    killed.add(victim.name);
    isSlow.delete(victim.name);
    await system.crash(victim.name);
    // Also the moment at which it is missed: until then it still counts as ready.
    await pause(2000);
    await system.untilReady('grpc-server', servers, POD_CHANGE);
    await system.untilRouted(servers, ROUTING);
  }
}
