// What happens to streams, which no balancer can move, when pods come, and when their own pod leaves.
import { missingMessages, openingsOf, podsOfStreams } from '../claims/chat-openings';
import { noneFails } from '../claims/failed-calls';
import { readyWithin } from '../claims/in-service';
import { loadOverlaps } from '../claims/load-overlap';
import type { MeasuredClaim, Measurement, Unit } from '../records/claim';
import { type EventKind, eventsOf } from '../records/event';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { ofLoad, sentWithin, type TimeSpan } from '../records/selection';
import { roundRobinBound, spreadOf } from '../statistics/round-robin-bound';
import { POD_CHANGE, ROLLING, ROUTING, SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';
import { rollSpans } from './rollout';

type StreamsSizes = {
  /** Of each of the two loads. */
  readonly streams: number;
  /** Between two messages of a stream, ms. */
  readonly messageMs: number;
  /** How long an answer takes while pods are replaced, ms, so that streams break with a message on them. */
  readonly workMs: number;
  /** How long things stay as they are after each step, ms. */
  readonly holdMs: number;
};

const FEW = 3;
const MANY = 5;
const ENVOYS = 2;
/** Loads: streams that are opened before the new pods come, and after. */
const EARLY = 'early';
const LATE = 'late';
const MARKS: readonly EventKind[] = ['scale', 'roll-start', 'roll-done'];

export const streams = defineExperiment<StreamsSizes, Facts>({
  name: 'streams',
  question: 'What happens to long streams when pods come and go?',
  hypothesis:
    'A stream is one call, so it stays on its pod, and new pods get only new streams. A pod that leaves cuts its streams when its grace period ends. The client opens them again elsewhere and sends again what was not answered.',
  backends: ['local', 'cluster'],
  sizes: {
    // Twice, before pods are replaced, and that is longer than an Envoy lets a connection live: streams must outlast it.
    full: { streams: 100, messageMs: 1000, workMs: 300, holdMs: 35_000 },
    quick: { streams: 100, messageMs: 1000, workMs: 300, holdMs: 6000 },
  },
  claims: ({ streams: count }) => [
    zero(
      'stays',
      'While no pod leaves, no stream leaves the pod that it began on, not even for a new pod.',
      'streams',
      ({ data }) => measureStaying(data),
    ),
    zero('one-pod', 'No stream is answered by a second pod unless it was opened again.', 'streams', ({ openings }) => ({
      value: openings.length === 0 ? null : openings.filter(({ pods }) => pods.length > 1).length,
      detail: `of ${openings.length} openings`,
    })),
    {
      id: 'new-spread',
      text: 'New streams spread over all pods: the difference between the pods with the most and the fewest.',
      threshold: { atMost: roundRobinBound(ENVOYS) },
      unit: 'streams',
      measure: ({ data }) => measureNewSpread(data),
    },
    noneFails('failed', 'No message fails.', ({ calls }) => calls),
    zero('missing', 'Every message has a result: the messages without one.', 'calls', ({ calls }) => ({
      value: missingMessages(ofLoad(calls, EARLY)) + missingMessages(ofLoad(calls, LATE)),
      detail: `of ${calls.length}`,
    })),
    {
      id: 'resumed',
      text: 'Every stream has answers after all pods were replaced.',
      threshold: { equals: 2 * count },
      unit: 'streams',
      measure: ({ data, calls, openings }) => ({
        value: podsOfStreams(openingsOf(sentWithin(calls, afterRoll(data)))).length,
        detail: `opened again ${openings.filter(({ opening }) => opening > 1).length} times`,
      }),
    },
    {
      id: 'asked-again',
      text: 'Streams do break with messages on them, and those messages are sent again.',
      threshold: { atLeast: 1 },
      unit: 'calls',
      measure: ({ calls }) => ({ value: calls.filter(({ attempts }) => attempts > 1).length }),
    },
    loadOverlaps('while pods come and go', 2, (facts) => facts),
  ],
  expectedMs: ({ holdMs }) => 60_000 + 3 * holdMs,
  run: async (system, recorder, sizes, { pause }) => {
    const { streams: count, messageMs, workMs, holdMs } = sizes;
    const open = (name: string) =>
      system.startLoad({ name, target: 'envoys', streams: count, env: { INTERVAL_MS: String(messageMs) } });
    await system.settle({ servers: FEW, envoys: ENVOYS }, SETTLING);
    recorder.phase('three-pods');
    const early = await open(EARLY);
    await pause(holdMs);
    recorder.phase('five-pods');
    await system.scale('grpc-server', MANY);
    await system.untilReady('grpc-server', MANY, POD_CHANGE);
    await system.untilRouted(MANY, ROUTING);
    const late = await open(LATE);
    await pause(holdMs);
    recorder.phase('rolling');
    for (const { name } of await system.pods('grpc-server')) await system.injectFault(name, { delayMs: workMs });
    await system.roll('grpc-server', ROLLING);
    await system.untilReady('grpc-server', MANY, POD_CHANGE);
    recorder.phase('replaced');
    await pause(Math.max(holdMs, 3 * messageMs));
    await early.stop();
    await late.stop();
  },
  read: factsOf,
  figures: (data) => {
    const { fromMs: rolledMs } = rollOf(data) ?? { fromMs: Number.POSITIVE_INFINITY };
    const before = { fromMs: ofLoad(data.calls, LATE)[0]?.sentMs ?? 0, toMs: rolledMs };
    const pods = readyPodsAt(data.events, before.fromMs);
    return [
      {
        kind: 'rate',
        id: 'early',
        title: 'Streams stay where they are until their pod leaves',
        caption: 'Messages per second of the streams opened before the new pods came, stacked by pod.',
        loads: [EARLY],
        marks: MARKS,
      },
      {
        kind: 'rate',
        id: 'late',
        title: 'Streams that are opened later go to all pods',
        loads: [LATE],
        marks: MARKS,
      },
      {
        kind: 'share',
        id: 'share',
        title: 'Where the streams are before pods are replaced, and after',
        groups: [
          { label: 'early, before', loads: [EARLY], span: before, pods },
          { label: 'late, before', loads: [LATE], span: before, pods },
          { label: 'all, after', span: afterRoll(data) },
        ],
      },
      { kind: 'latency', id: 'latency', title: 'Latency of messages', marks: MARKS },
    ];
  },
  mutations: [
    {
      name: 'no-retries',
      text: 'Messages without an answer when their stream broke are not sent again.',
      backends: ['local', 'cluster'],
      change: { load: { env: { RETRIES: 'false' } } },
      mustFail: ['failed', 'asked-again'],
    },
    {
      name: 'random',
      text: 'Envoy picks a pod at random for each stream.',
      backends: ['local', 'cluster'],
      change: { envoys: { policy: 'RANDOM' } },
      mustFail: ['new-spread'],
    },
  ],
});

type StreamsData = RunData<StreamsSizes>;
type Facts = ReturnType<typeof factsOf>;

function factsOf(data: StreamsData) {
  return { data, calls: data.calls, openings: openingsOf(data.calls), spans: spansOf(data) };
}

function zero(id: string, text: string, unit: Unit, measure: (facts: Facts) => Measurement): MeasuredClaim<Facts> {
  return { id, text, threshold: { equals: 0 }, unit, measure };
}

function rollOf({ events }: StreamsData): TimeSpan | undefined {
  return rollSpans(events, 'grpc-server')[0];
}

/** From the end of the rolling restart on; nothing when it never ended. */
function afterRoll(data: StreamsData): TimeSpan {
  return { fromMs: rollOf(data)?.toMs ?? Number.POSITIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
}

/** Streams of the early load that a second pod answered before the first one was asked to leave. */
function measureStaying(data: StreamsData): Measurement {
  const { fromMs } = rollOf(data) ?? { fromMs: 0 };
  const all = podsOfStreams(openingsOf(sentWithin(ofLoad(data.calls, EARLY), { fromMs: 0, toMs: fromMs })));
  const moved = all.filter((pods) => pods.length > 1).length;
  const { streams: count } = data.params.sizes;
  return { value: all.length === count ? moved : null, detail: `${all.length} of ${count} streams were seen` };
}

/** Over all pods that were there when the late load began, by the first pod of each of its streams. */
function measureNewSpread({ calls, events, params }: StreamsData): Measurement {
  const late = ofLoad(calls, LATE);
  const counts = new Map(readyPodsAt(events, late[0]?.sentMs ?? 0).map((pod) => [pod, 0]));
  const first = openingsOf(late).filter(({ opening }) => opening === 1);
  for (const { pods } of first) counts.set(pods[0] ?? '', (counts.get(pods[0] ?? '') ?? 0) + 1);
  const isComplete = first.length === params.sizes.streams && counts.size === MANY;
  const perPod = [...counts.values()];
  return { value: isComplete ? spreadOf(perPod) : null, detail: `per pod ${perPod.join(', ')}` };
}

/** Of the scaling and of the rolling restart. */
function spansOf(data: StreamsData): readonly TimeSpan[] {
  const loadMs = eventsOf(data.events, 'load-start')[0]?.atMs ?? 0;
  const scale = eventsOf(data.events, 'scale').find(({ atMs }) => atMs >= loadMs);
  const roll = rollOf(data);
  if (scale === undefined || roll === undefined) return [];
  const last = readyWithin(data.events, 'grpc-server', { fromMs: scale.atMs, toMs: roll.fromMs }).at(-1);
  return last === undefined ? [roll] : [{ fromMs: scale.atMs, toMs: last.readyMs }, roll];
}
