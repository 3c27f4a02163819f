// Do long streams reach pods that are new, where the server ends each stream at an age?
import { enoughCalls } from '../claims/call-count';
import { missingMessages, openingsOf } from '../claims/chat-openings';
import { noneFails } from '../claims/failed-calls';
import { readyWithin } from '../claims/in-service';
import { loadOverlaps } from '../claims/load-overlap';
import { handledOnce } from '../claims/server-work';
import { streamsPerPod, unevenness } from '../claims/streams-per-pod';
import type { Measurement } from '../records/claim';
import { eventsOf } from '../records/event';
import { readyPodsAt } from '../records/ready-pods';
import { type RunData, runSpan } from '../records/run-data';
import { sentWithin } from '../records/selection';
import { countingServers } from '../steps/server-counters';
import { POD_CHANGE, ROUTING, SETTLING } from '../steps/waits';
import type { System } from '../system/system';
import { defineExperiment } from './define-experiment';

type StreamAgeSizes = {
  readonly streams: number;
  /** Between two messages of a stream, ms. */
  readonly messageMs: number;
  /** How long an answer takes, ms, so that streams grow old with a message on them. */
  readonly workMs: number;
  readonly maxAgeMs: number;
};

const FEW = 3;
const MANY = 6;
/** The time in which every stream is opened again: an age and its jitter are less. */
const AGES = 2;
/** For how long streams are watched after that, in ages. */
const LATER_AGES = 1;
const SAMPLE_MS = 1000;

export const streamAge = defineExperiment<StreamAgeSizes, Facts>({
  name: 'stream-age',
  question: 'Do long streams reach new pods, and is nothing lost, where the server ends each stream at an age?',
  hypothesis:
    'A stream that the server ends with OK between two messages leaves no message half done. The client opens it again, Envoy gives it to the next pod in turn, and after an age all pods have their share.',
  backends: ['local', 'cluster'],
  sizes: {
    // Two ages are longer than an Envoy lets a connection live.
    full: { streams: 100, messageMs: 1000, workMs: 300, maxAgeMs: 30_000 },
    quick: { streams: 100, messageMs: 1000, workMs: 300, maxAgeMs: 6000 },
  },
  claims: ({ streams, messageMs, maxAgeMs }) => [
    {
      id: 'even',
      text: 'Two ages after the new pods are ready, every pod has its share of the streams: the largest distance from it.',
      threshold: { atMost: 0.2 },
      unit: 'share',
      measure: measureEvenness,
    },
    {
      id: 'even-later',
      text: 'The same at any later second.',
      threshold: { reported: true },
      unit: 'share',
      measure: measureLaterEvenness,
    },
    {
      id: 'opened-again',
      text: 'By then every stream was opened again since the new pods were ready.',
      threshold: { equals: streams },
      unit: 'streams',
      measure: ({ calls, readyMs, dueMs }) => {
        const openedBy = (atMs: number) => openingsOf(sentWithin(calls, { fromMs: 0, toMs: atMs }));
        const before = new Map(openedBy(readyMs).map(({ stream, opening }) => [stream, opening]));
        const after = new Map(openedBy(dueMs).map(({ stream, opening }) => [stream, opening]));
        return { value: [...after].filter(([stream, opening]) => opening > (before.get(stream) ?? opening)).length };
      },
    },
    noneFails(
      'failed',
      'No message fails, though none that a server may have begun is sent again.',
      ({ calls }) => calls,
    ),
    {
      id: 'missing',
      text: 'Every message has a result: the messages without one.',
      threshold: { equals: 0 },
      unit: 'calls',
      measure: ({ calls }) => ({ value: missingMessages(calls), detail: `of ${calls.length}` }),
    },
    handledOnce((facts) => facts),
    enoughCalls(((AGES + LATER_AGES) * streams * maxAgeMs) / messageMs, ({ calls }) => [calls]),
    loadOverlaps('while pods come and streams move to them', 1, ({ calls, readyMs, dueMs }) => ({
      calls,
      spans: Number.isFinite(dueMs) ? [{ fromMs: readyMs, toMs: dueMs }] : [],
    })),
  ],
  expectedMs: ({ maxAgeMs }) => 40_000 + (1 + AGES + LATER_AGES) * maxAgeMs,
  run: async (system, recorder, { streams, messageMs, workMs, maxAgeMs }, context) => {
    await system.settle({ ...system.shipped, servers: FEW }, SETTLING);
    await system.configureServers({ MAX_STREAM_AGE_MS: String(maxAgeMs) }, SETTLING);
    await system.untilReady('grpc-server', FEW, POD_CHANGE);
    await system.untilRouted(FEW, ROUTING);
    recorder.phase('three-pods');
    await takeTime(system, workMs);
    await countingServers(system, context, async () => {
      // Without retries the client sends again only what the server says that it has not begun.
      const env = { INTERVAL_MS: String(messageMs), RETRIES: 'false' };
      const load = await system.startLoad({ name: 'streams', target: 'envoys', streams, env });
      await context.pause(maxAgeMs);
      recorder.phase('six-pods');
      await system.scale('grpc-server', MANY);
      await system.untilReady('grpc-server', MANY, POD_CHANGE);
      await takeTime(system, workMs);
      await system.untilRouted(MANY, ROUTING);
      await context.pause((AGES + LATER_AGES) * maxAgeMs);
      await load.stop();
    });
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'series',
      id: 'streams',
      title: 'Streams reach new pods within their age',
      caption: 'Streams on each pod, by the pod that answered their last message.',
      axis: 'streams',
      series: seriesOf(data),
      marks: ['scale'],
    },
    {
      kind: 'rate',
      id: 'calls',
      title: 'Messages per second follow the streams',
      caption: 'Answered messages per second, stacked by pod.',
      marks: ['scale'],
    },
    { kind: 'latency', id: 'latency', title: 'Latency of messages, the time to open a stream again included' },
  ],
  mutations: [
    {
      name: 'age-off',
      text: 'Streams may live for ever, as shipped: new pods get none of those that are open.',
      backends: ['local', 'cluster'],
      change: { serverEnv: { MAX_STREAM_AGE_MS: '0' } },
      mustFail: ['even', 'opened-again'],
    },
    {
      name: 'cut-by-envoy',
      text: 'In place of the server, Envoy ends each stream at an age, whether or not a message is on it.',
      backends: ['local', 'cluster'],
      change: { serverEnv: { MAX_STREAM_AGE_MS: '0' }, envoys: { streamsEndAfterMs: 6000 } },
      mustFail: ['failed', 'handled-once'],
    },
  ],
});

type StreamAgeData = RunData<StreamAgeSizes>;
type Facts = ReturnType<typeof factsOf>;

async function takeTime(system: System, delayMs: number): Promise<void> {
  for (const { name } of await system.pods('grpc-server')) await system.injectFault(name, { delayMs });
}

function factsOf({ calls, events, params }: StreamAgeData) {
  const scale = eventsOf(events, 'scale').findLast(({ detail }) => detail?.to === MANY);
  const came =
    scale === undefined
      ? []
      : readyWithin(events, 'grpc-server', { fromMs: scale.atMs, toMs: Number.POSITIVE_INFINITY });
  /** When the last new pod was ready, and when streams must be even; infinite where not all of them came. */
  const readyMs = came.length === MANY - FEW ? (came.at(-1)?.readyMs ?? Number.NaN) : Number.POSITIVE_INFINITY;
  const dueMs = readyMs + AGES * params.sizes.maxAgeMs;
  return { calls, events, readyMs, dueMs, pods: readyPodsAt(events, dueMs) };
}

function measureEvenness({ calls, dueMs, pods }: Facts): Measurement {
  if (pods.length !== MANY || !Number.isFinite(dueMs)) return { value: null, detail: `${pods.length} pods are ready` };
  const counts = streamsPerPod(calls, dueMs, pods);
  return { value: unevenness(counts), detail: `per pod ${counts.join(', ')}` };
}

function measureLaterEvenness({ calls, dueMs, pods }: Facts): Measurement {
  const endMs = calls.at(-1)?.sentMs ?? 0;
  let worst: readonly number[] = [];
  for (let atMs = dueMs; atMs <= endMs; atMs += SAMPLE_MS) {
    const counts = streamsPerPod(calls, atMs, pods);
    if (worst.length === 0 || unevenness(counts) > unevenness(worst)) worst = counts;
  }
  if (worst.length === 0) return { value: null };
  return { value: unevenness(worst), detail: `at the worst per pod ${worst.join(', ')}` };
}

/** Each pod that ever had a stream, second by second. */
function seriesOf({ calls }: StreamAgeData) {
  const { toMs } = runSpan({ calls, events: [] });
  const pods = [...new Set(openingsOf(calls).flatMap((opening) => opening.pods))].sort();
  const fromMs = calls[0]?.sentMs ?? toMs;
  const moments: number[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += SAMPLE_MS) moments.push(atMs);
  const counts = moments.map((atMs) => streamsPerPod(calls, atMs, pods));
  return pods.map((name, pod) => ({
    name,
    points: moments.map((atMs, moment) => ({ atMs, value: counts[moment]?.[pod] ?? 0 })),
  }));
}
