// Why not let the client balance? It does, over the pods that it knows, and learns of no other while its connections hold.
import { inServiceAt, readyWithin } from '../claims/in-service';
import { loadOverlaps, measureOverlap } from '../claims/load-overlap';
import type { Experiment } from '../experiment';
import { firstCallAfterMs } from '../records/arrival';
import { judge } from '../records/claim';
import { phasesOf } from '../records/phases';
import type { RunData } from '../records/run-data';
import { answersBy, ofLoad, type TimeSpan } from '../records/selection';
import { roundRobinBound, spreadOf } from '../statistics/round-robin-bound';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';

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

export const clientSide: Experiment<ClientSideSizes> = {
  name: 'client-side',
  question: 'Is a client that balances by itself enough?',
  hypothesis:
    'A client with round_robin over the headless name is as even as a proxy over the pods that it found when it connected, but it looks the name up again only when a connection breaks, so pods that come later stay idle.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { ratePerSecond: 100, beforeMs: 15_000, afterMs: 40_000 },
    quick: { ratePerSecond: 100, beforeMs: 8000, afterMs: 25_000 },
  },
  claims: () => [
    {
      id: 'old-pods-even',
      text: 'The pods that the client found at the start get the same number of calls, but for the round in progress.',
      threshold: { atMost: roundRobinBound(1) },
      unit: 'calls',
    },
    {
      id: 'new-pods-idle',
      text: 'New pods get nothing from it for a long time: from being ready to the first call, the luckiest new pod.',
      threshold: { atLeast: UNKNOWN_FOR_MS / 1000 },
      unit: 's',
    },
    {
      id: 'through-envoy',
      text: 'The same pods, through Envoy: from being ready to the first call, the unluckiest new pod.',
      threshold: { reported: true },
      unit: 's',
    },
    loadOverlaps('while pods come'),
  ],
  expectedMs: ({ beforeMs, afterMs }) => 20_000 + beforeMs + afterMs,
  run: async (system, recorder, { ratePerSecond, beforeMs, afterMs }, context) => {
    await system.settle({ servers: FEW, envoys: 2 }, SETTLING);
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
  evaluate: (data) => {
    const scaling = phaseOf(data, AFTER);
    const direct = ofLoad(data.calls, DIRECT);
    const news = scaling === undefined ? [] : readyWithin(data.events, 'grpc-server', scaling);
    const isComplete = news.length === MANY - FEW;
    const [idle, proxied] = [DIRECT, PROXIED].map((load) => news.map((pod) => firstCallS(data, load, pod)));
    const toNew = direct.filter(({ pod }) => news.some(({ name }) => name === pod)).length;
    const known = knownCounts(data);
    return judge(data.params.claims, {
      'old-pods-even': {
        value: known.size === FEW ? spreadOf([...known.values()]) : null,
        detail: [...known].map(([pod, count]) => `${pod} ${count}`).join(', '),
      },
      'new-pods-idle': {
        value: isComplete ? Math.min(...(idle ?? []).map(({ seconds }) => seconds)) : null,
        detail: `${toNew} of ${direct.length} calls went to ${news.length} new pods`,
      },
      'through-envoy': {
        value:
          isComplete && (proxied ?? []).every(({ hasCome }) => hasCome)
            ? Math.max(...(proxied ?? []).map(({ seconds }) => seconds))
            : null,
      },
      'load-overlaps': measureOverlap(
        direct,
        scaling === undefined ? [] : news.map(({ readyMs }) => ({ fromMs: scaling.fromMs, toMs: readyMs })),
        MANY - FEW,
      ),
    });
  },
  figures: (data) => {
    const scaling = phaseOf(data, AFTER);
    const news = scaling === undefined ? [] : readyWithin(data.events, 'grpc-server', scaling);
    const afterwards = { fromMs: news.at(-1)?.readyMs ?? 0, toMs: Number.POSITIVE_INFINITY };
    const pods = [...knownCounts(data).keys(), ...news.map(({ name }) => name)];
    return [
      {
        kind: 'rate',
        id: 'client-side',
        title: 'A client that balances by itself never hears of the new pods',
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
};

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

/** To the first call of the load on a pod, or for as long as there was none, s. */
function firstCallS(
  { calls }: Records,
  load: string,
  { name, readyMs }: { readonly name: string; readonly readyMs: number },
): { readonly seconds: number; readonly hasCome: boolean } {
  const own = ofLoad(calls, load);
  const firstMs = firstCallAfterMs(own, name, readyMs);
  return { seconds: (firstMs ?? (own.at(-1)?.sentMs ?? readyMs) - readyMs) / 1000, hasCome: firstMs !== undefined };
}
