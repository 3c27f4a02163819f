// Why not let the client balance? It does, over the pods that it knows, and learns of no other while its connections hold.
import { inServiceAt, type NewPod, readyWithin } from '../claims/in-service';
import { loadOverlaps } from '../claims/load-overlap';
import { firstCallAfterMs } from '../records/arrival';
import type { Call } from '../records/call';
import { phasesOf } from '../records/phases';
import type { RunData } from '../records/run-data';
import { answersBy, ofLoad, type TimeSpan } from '../records/selection';
import { roundRobinBound, spreadOf } from '../statistics/round-robin-bound';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';

type ClientSideSizes = {
  readonly ratePerSecond: number;
  /** Load before more pods are asked for, and after they are ready, ms. */
  readonly beforeMs: number;
  readonly afterMs: number;
};

const FEW = 3;
const MANY = 5;
const UNKNOWN_FOR_MS = 20_000;
/** A channel connects to one pod after the other; until then it cannot be even, ms. */
const CONNECTING_MS = 2000;
const DIRECT = 'client-side';
const PROXIED = 'through-envoy';
const [BEFORE, AFTER] = ['three-pods', 'five-pods'];

export const clientSide = defineExperiment<ClientSideSizes, Facts>({
  name: 'client-side',
  question: 'Is a client that balances by itself enough?',
  hypothesis:
    'A client with round_robin over the headless name is as even as a proxy over the pods that it found when it connected. But it looks the name up again only when a connection breaks, so later pods stay idle.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { ratePerSecond: 100, beforeMs: 15_000, afterMs: 40_000 },
    quick: { ratePerSecond: 100, beforeMs: 8000, afterMs: 25_000 },
  },
  claims: () => [
    {
      id: 'old-pods-even',
      text: 'The pods that the client found at the start get the same number of calls, apart from the round in progress.',
      threshold: { atMost: roundRobinBound(1) },
      unit: 'calls',
      measure: ({ known }) => ({
        value: known.size === FEW ? spreadOf([...known.values()]) : null,
        detail: [...known].map(([pod, count]) => `${pod} ${count}`).join(', '),
      }),
    },
    {
      id: 'new-pods-idle',
      text: 'New pods get no calls from it for a long time: the shortest time from ready to the first call.',
      threshold: { atLeast: UNKNOWN_FOR_MS / 1000 },
      unit: 's',
      measure: ({ direct, news, isComplete, idle }) => ({
        value: isComplete ? Math.min(...idle.map(({ seconds }) => seconds)) : null,
        detail: `${toPods(direct, news)} of ${direct.length} calls went to ${news.length} new pods`,
      }),
    },
    {
      id: 'through-envoy',
      text: 'The same pods, through Envoy: the longest time from ready to the first call.',
      threshold: { reported: true },
      unit: 's',
      measure: ({ isComplete, proxied }) => ({
        value:
          isComplete && proxied.every(({ hasCome }) => hasCome)
            ? Math.max(...proxied.map(({ seconds }) => seconds))
            : null,
      }),
    },
    loadOverlaps('while pods come', MANY - FEW, ({ direct, spans }) => ({ calls: direct, spans })),
  ],
  expectedMs: ({ beforeMs, afterMs }) => 20_000 + beforeMs + afterMs,
  run: async (system, recorder, { ratePerSecond, beforeMs, afterMs }, context) => {
    await system.settle({ ...system.shipped, servers: FEW }, SETTLING);
    const scaleUp = async () => {
      recorder.phase(BEFORE);
      await context.pause(beforeMs);
      recorder.phase(AFTER);
      await system.scale('grpc-server', MANY);
      await system.untilReady('grpc-server', MANY, POD_CHANGE);
      await context.pause(afterMs);
    };
    await underLoad(system, context, { name: DIRECT, target: 'servers', ratePerSecond }, async () => {
      await underLoad(system, context, { name: PROXIED, target: 'envoys', ratePerSecond }, scaleUp);
    });
  },
  read: factsOf,
  figures: (data) => {
    const scaling = phaseOf(data, AFTER);
    const news = scaling === undefined ? [] : readyWithin(data.events, 'grpc-server', scaling);
    const afterwards = { fromMs: news.at(-1)?.readyMs ?? 0, toMs: Number.POSITIVE_INFINITY };
    const pods = [...knownCounts(data).keys(), ...news.map(({ name }) => name)];
    return [
      {
        kind: 'rate',
        id: 'client-side',
        title: 'A client that balances by itself never finds the new pods',
        caption: 'Answered calls per second, stacked by pod: one client, round_robin over the pods without any proxy.',
        loads: [DIRECT],
      },
      {
        kind: 'rate',
        id: 'through-envoy',
        title: 'The same client through Envoy',
        caption: 'At the same time, to the same pods.',
        loads: [PROXIED],
      },
      {
        kind: 'share',
        id: 'share',
        title: 'Share of each pod once all are ready',
        groups: [
          { label: 'client-side', loads: [DIRECT], span: afterwards, pods },
          { label: 'through Envoy', loads: [PROXIED], span: afterwards, pods },
        ],
      },
    ];
  },
  mutations: [
    {
      name: 'through-envoy',
      text: 'The client calls Envoy instead of the pods.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'envoys' } },
      mustFail: ['new-pods-idle'],
    },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: Records) {
  const scaling = phaseOf(data, AFTER);
  const news = scaling === undefined ? [] : readyWithin(data.events, 'grpc-server', scaling);
  return {
    direct: ofLoad(data.calls, DIRECT),
    /** Calls to each pod that the client found at the start. */
    known: knownCounts(data),
    news,
    isComplete: news.length === MANY - FEW,
    /** Until each new pod had a call, of either load. */
    idle: news.map((pod) => firstCallS(data, DIRECT, pod)),
    proxied: news.map((pod) => firstCallS(data, PROXIED, pod)),
    spans: scaling === undefined ? [] : news.map(({ readyMs }) => ({ fromMs: scaling.fromMs, toMs: readyMs })),
  };
}

function toPods(calls: readonly Call[], pods: readonly NewPod[]): number {
  return calls.filter(({ pod }) => pods.some(({ name }) => name === pod)).length;
}

type Records = Pick<RunData, 'calls' | 'events'>;

function phaseOf(data: Records, name: string | undefined): TimeSpan | undefined {
  return phasesOf(data).find((phase) => phase.name === name);
}

/** Calls of the client to each pod that was there when it connected, from when it had connected to all. */
function knownCounts({ calls, events }: Records): ReadonlyMap<string, number> {
  const direct = ofLoad(calls, DIRECT);
  const startMs = direct[0]?.sentMs ?? 0;
  const known = inServiceAt(events, 'grpc-server', startMs);
  const counts = answersBy(
    direct.filter(({ sentMs }) => sentMs >= startMs + CONNECTING_MS),
    'pod',
    known,
  );
  return new Map(known.map((pod) => [pod, counts.get(pod) ?? 0]));
}

/** Time to the first call of the load on a pod, or to the end if there was none, s. */
function firstCallS(
  { calls }: Records,
  load: string,
  { name, readyMs }: NewPod,
): { readonly seconds: number; readonly hasCome: boolean } {
  const own = ofLoad(calls, load);
  const firstMs = firstCallAfterMs(own, name, readyMs);
  return { seconds: (firstMs ?? (own.at(-1)?.sentMs ?? readyMs) - readyMs) / 1000, hasCome: firstMs !== undefined };
}
