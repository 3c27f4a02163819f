// Do servers of other languages, behind the shipped Envoys, lose calls or streams when they leave or die?
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { killsOf, momentsOf } from '../claims/kills';
import { loadOverlaps } from '../claims/load-overlap';
import type { RunContext } from '../experiment';
import { phasesOf } from '../records/phases';
import type { Recorder } from '../records/recorder';
import type { RunData } from '../records/run-data';
import { answersBy, ofLoad, sentWithin } from '../records/selection';
import { randomInteger } from '../statistics/seeded-random';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, ROLLING, ROUTING, SETTLING } from '../steps/waits';
import type { System } from '../system/system';
import { defineExperiment } from './define-experiment';
import { rollSpans } from './rollout';

type ForeignServersSizes = {
  /** Folders of `servers/`, by commas; what cannot be built here is left out. */
  readonly servers: string;
  readonly ratePerSecond: number;
  /** How long each call takes, ms, so that there are some in flight. */
  readonly workMs: number;
  /** Per kind of server. */
  readonly kills: number;
  readonly rolls: number;
  /** Chat streams that say nothing for `quietMs`, then one word, then nothing again. */
  readonly streams: number;
  readonly quietMs: number;
};

const ALL = 'grpc-go, grpcio';
const STREAMS = 'streams';
const UNARY = 'steady';
/** Of the words on quiet streams: the first one, and one after each silence. */
const WORDS = 3;

export const foreignServers = defineExperiment<ForeignServersSizes, Facts>({
  name: 'foreign-servers',
  question: 'Do servers in Go and Python lose calls or quiet streams behind the shipped Envoys when they leave or die?',
  hypothesis:
    'Envoy knows of a server only its health, its connections and its answers, and those are the same in every language. A server that says NOT_SERVING, answers for ten more seconds and then closes its port loses nothing; one that dies has its calls sent to another one.',
  backends: ['local'],
  sizes: {
    full: { servers: ALL, ratePerSecond: 100, workMs: 100, kills: 10, rolls: 2, streams: 20, quietMs: 240_000 },
    quick: { servers: ALL, ratePerSecond: 50, workMs: 100, kills: 2, rolls: 1, streams: 5, quietMs: 10_000 },
  },
  claims: ({ kills, rolls, streams, servers }) => {
    const all = servers.split(', ').length;
    return [
      {
        id: 'servers',
        text: 'Pods of so many languages answered, and no server of this project did while they were there.',
        threshold: { atLeast: 1 },
        unit: 'pods',
        measure: ({ names, strangers }) => ({
          value: strangers > 0 ? null : names.length,
          detail: names.join(', '),
        }),
      },
      noneFails('failed-leave', 'No call fails while servers are replaced in order.', (facts) =>
        unaryIn(facts, 'leave'),
      ),
      noneFails('failed-die', 'No call fails while servers are killed.', (facts) => unaryIn(facts, 'die')),
      noneFails('failed-quiet', 'No word on a quiet stream is lost.', ({ words }) => words),
      {
        id: 'openings',
        text: 'No quiet stream breaks: the most often that one was opened.',
        threshold: { equals: 1 },
        unit: 'streams',
        measure: ({ words }) => ({
          value: words.length === 0 ? null : Math.max(...words.map(({ opening = 0 }) => opening)),
        }),
      },
      enoughCalls(WORDS * streams, ({ wordsByServer }) => wordsByServer),
      {
        id: 'in-flight',
        text: 'The fewest calls in flight at a kill.',
        threshold: { atLeast: 1 },
        unit: 'calls',
        measure: ({ kills: seen, names }) => ({
          value: seen.length < kills * names.length ? null : Math.min(...seen.map(({ inFlight }) => inFlight)),
          detail: `at ${seen.length} kills`,
        }),
      },
      loadOverlaps(
        'while servers are replaced and killed',
        all * (kills + rolls),
        ({ unary, events, kills: seen }) => ({
          calls: unary,
          spans: [...momentsOf(seen), ...rollSpans(events, 'grpc-server')],
        }),
      ),
    ];
  },
  expectedMs: ({ servers, kills, rolls, quietMs }) =>
    20_000 + servers.split(', ').length * (15_000 + rolls * 40_000 + kills * 6500 + WORDS * quietMs),
  run: async (system, recorder, sizes, context) => {
    const names = await system.foreignPrograms('server', sizes.servers.split(', '));
    if (names.length === 0) throw new Error(`cannot go on: none of ${sizes.servers} can be built here`);
    await system.settle(system.shipped, SETTLING);
    for (const name of names) await withServers(name, system, recorder, sizes, context);
  },
  read: factsOf,
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'Servers of other languages leave and die, and nothing is lost',
      caption: 'Answered calls per second, stacked by pod: first of one language, then of the other.',
      loads: ['steady-grpc-go', 'steady-grpcio'],
      marks: ['signal'],
    },
  ],
  mutations: [
    {
      name: 'no-drain-delay',
      text: 'Servers close their port at once, and neither Envoy nor the client tries another one.',
      backends: ['local'],
      change: {
        serverEnv: { DRAIN_DELAY_MS: '0' },
        envoys: { retries: false },
        load: { env: { RETRIES: 'false' } },
      },
      mustFail: ['failed-leave', 'failed-die'],
    },
  ],
});

/** All that happens to servers of one language, under a load and with quiet streams of this project's own client. */
async function withServers(
  name: string,
  system: System,
  recorder: Recorder,
  { ratePerSecond, workMs, kills, rolls, streams, quietMs }: ForeignServersSizes,
  context: RunContext,
): Promise<void> {
  const { servers } = system.shipped;
  recorder.phase(`change-${name}`);
  await system.serveBy(name, { WORK_MS: String(workMs) }, ROLLING);
  await system.untilReady('grpc-server', servers, POD_CHANGE);
  recorder.phase(`quiet-${name}`);
  const env = { INTERVAL_MS: String(quietMs) };
  const quiet = await system.startLoad({ name: `${STREAMS}-${name}`, target: 'envoys', streams, env });
  // The streams speak in turn; then each of them has spoken this often, and none once more.
  await context.pause(quietMs * (WORDS - 1 / (2 * streams)));
  await quiet.stop();
  const spec = { name: `${UNARY}-${name}`, target: 'envoys', ratePerSecond } as const;
  await underLoad(system, context, spec, async () => {
    recorder.phase(`leave-${name}`);
    for (let roll = 1; roll <= rolls; roll += 1) {
      await system.roll('grpc-server', ROLLING);
      await system.untilReady('grpc-server', servers, POD_CHANGE);
      await system.untilRouted(servers, ROUTING);
    }
    recorder.phase(`die-${name}`);
    for (let kill = 1; kill <= kills; kill += 1) {
      await context.pause(1000 + 1000 * context.random());
      const ready = (await system.pods('grpc-server')).filter(({ isReady, isDraining }) => isReady && !isDraining);
      const victim = ready[randomInteger(context.random, ready.length)];
      if (victim === undefined) throw new Error('cannot kill a server: none is ready');
      await system.crash(victim.name);
      await context.pause(2000);
      await system.untilReady('grpc-server', servers, POD_CHANGE);
      await system.untilRouted(servers, ROUTING);
    }
  });
}

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<ForeignServersSizes>) {
  const { calls, events } = data;
  const phases = phasesOf(data);
  const names = data.params.sizes.servers.split(', ').filter((name) => phases.some((p) => p.name === `die-${name}`));
  const unary = ofLoad(calls, ...names.map((name) => `${UNARY}-${name}`));
  const wordsByServer = names.map((name) => ofLoad(calls, `${STREAMS}-${name}`));
  /** Pods that answered and had been there before the first of these servers. */
  const before = events.filter(({ kind, atMs }) => kind === 'pod-ready' && atMs < (phases[0]?.fromMs ?? 0));
  const own = new Set(before.map(({ subject }) => subject));
  const strangers = [...answersBy([...unary, ...wordsByServer.flat()]).keys()].filter((pod) => own.has(pod)).length;
  return {
    events,
    phases,
    names,
    unary,
    words: wordsByServer.flat(),
    wordsByServer,
    strangers,
    kills: killsOf({ calls: unary, events }),
  };
}

function unaryIn({ phases, unary }: Facts, what: string) {
  const spans = phases.filter(({ name }) => name.startsWith(`${what}-`));
  return spans.flatMap((span) => sentWithin(unary, span));
}
