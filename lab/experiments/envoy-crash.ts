// What do callers notice when an Envoy is killed?
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { type KillFacts, killsInterrupt, momentsOf, withKills } from '../claims/kills';
import { loadOverlaps } from '../claims/load-overlap';
import { attemptsPerCall } from '../records/selection';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import type { CrashSizes } from './crash';
import { defineExperiment } from './define-experiment';

/** As the question says. */
const ENVOYS = 2;

export const envoyCrash = defineExperiment<CrashSizes, KillFacts<CrashSizes>>({
  name: 'envoy-crash',
  question: 'Do callers notice when one of two Envoys is killed with calls in flight?',
  hypothesis:
    'The client sees its connection break and asks the other Envoy within the deadline of the same call. It finds the replacement by a look-up of the headless name.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 10, calls: 20_000, ratePerSecond: 200, workMs: 100 },
    quick: { repetitions: 3, calls: 2000, ratePerSecond: 200, workMs: 100 },
  },
  claims: ({ repetitions, calls: count }) => [
    noneFails('failed', 'No call fails.', ({ calls }) => calls),
    enoughCalls(count, ({ calls }) => [calls]),
    killsInterrupt(({ kills }) => kills),
    loadOverlaps('while an Envoy is killed', repetitions, ({ calls, kills }) => ({ calls, spans: momentsOf(kills) })),
    {
      id: 'attempts',
      text: 'Attempts that servers see per call.',
      threshold: { reported: true },
      unit: 'attempts',
      measure: ({ calls }) => ({ value: attemptsPerCall(calls) }),
    },
  ],
  expectedMs: ({ repetitions, calls, ratePerSecond }) =>
    20_000 + Math.max((calls / ratePerSecond) * 1000, repetitions * 9000),
  run: async (system, recorder, { repetitions, calls, ratePerSecond, workMs }, context) => {
    await system.settle({ ...system.shipped, envoys: ENVOYS }, SETTLING);
    for (const { name } of await system.pods('grpc-server')) await system.injectFault(name, { delayMs: workMs });
    recorder.phase('killing');
    const killAll = async () => {
      for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        // The client looks the name up when a connection ends, and then again after a second at the earliest.
        await context.pause(3000 + 1000 * context.random());
        // The oldest: the client has surely found it.
        const victim = (await system.pods('envoy')).find(({ isReady, isDraining }) => isReady && !isDraining);
        if (victim === undefined) throw new Error('cannot kill an Envoy: none is ready');
        await system.crash(victim.name);
        await context.pause(2000);
        await system.untilReady('envoy', ENVOYS, POD_CHANGE);
      }
    };
    await underLoad(system, context, { name: 'steady', target: 'envoys', ratePerSecond }, killAll, { calls });
  },
  read: withKills,
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      by: 'via',
      title: 'The other Envoy takes over at once',
      caption: 'Answered calls per second, stacked by the Envoy that they came through; each line is a kill.',
      marks: ['signal'],
    },
    { kind: 'latency', id: 'latency', title: 'What the death of an Envoy costs its callers', marks: ['signal'] },
  ],
  mutations: [
    {
      name: 'no-client-retries',
      text: 'The client makes one attempt and gives up.',
      backends: ['local', 'cluster'],
      change: { load: { env: { RETRIES: 'false' } } },
      mustFail: ['failed'],
    },
  ],
});
