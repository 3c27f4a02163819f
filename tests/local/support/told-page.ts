// The live page over a model that is told what happens, without any stack: each of its states can be had, and stands still.
import { LB_POLICIES } from '../../../local/options';
import { SLOT_MS } from '../../../local/page/lane';
import type { Order } from '../../../local/page/orders';
import { readPageDocument } from '../../../local/page/page-document';
import { createPageModel, type PageModel, type Standing } from '../../../local/page/page-model';
import { type PageServer, startPageServer } from '../../../local/page/page-server';
import type { PodState } from '../../../local/pods/pod';

export const SERVERS = ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'];
export const ENVOYS = ['envoy-1', 'envoy-2'];
/** The one that answers all calls of the lane without Envoy. */
export const PINNED = 'grpc-server-2';
const RATE = 50;
const FRAME_MS = 250;

export interface Told {
  readonly server: PageServer;
  readonly model: PageModel;
  readonly standing: { -readonly [key in keyof Standing]: Standing[key] };
  /** Orders that came from the page, oldest first. */
  readonly orders: readonly Order[];
  change(pod: string, state: PodState, detail?: string): void;
  /** All servers and Envoys start, and are ready. */
  startAll(): void;
  /** Calls of the next `seconds`, in turn over `pods`; the other lane's go to one. */
  calls(seconds: number, pods: readonly string[]): void;
  /** The same, where the lane with Envoy gets no answer. */
  lose(seconds: number): void;
  /** A frame now, besides those that come by themselves. */
  send(): void;
  /** From now on no frame comes by itself. */
  hush(): void;
  /** They do again. */
  go(): void;
}

/** Runs `body` with a page that is served, and ends it whatever happens. */
export async function withToldPage(body: (told: Told) => Promise<void>): Promise<void> {
  /** Stands still but for what is told: a busy machine changes no picture. A slot begins with it. */
  let nowMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
  /** Up to when calls were told. A slot later theirs are over (`UNFINISHED` of bands.mjs). */
  let sinceMs = nowMs;
  const model = createPageModel({ serverDeployment: 'grpc-server', inDnsFromStart: true, now: () => nowMs });
  const standing = {
    ratePerSecond: RATE,
    policy: 'ROUND_ROBIN',
    cannot: {},
    cannotOf: () => ({}),
    faultOf: () => undefined,
  };
  const orders: Order[] = [];
  const server = await startPageServer({
    document: readPageDocument(),
    policies: LB_POLICIES,
    firstFrame: () => model.frame(standing, true),
    obey: (order) => {
      orders.push(order);
      return undefined;
    },
  });
  let seq = 0;
  const record = (lane: 'envoy' | 'direct', endMs: number, pod: string, via: string, code = 'OK') =>
    model.onCall(lane, { seq: ++seq, intendedMs: endMs, sentMs: endMs - 2, latencyMs: 2, code, pod, via, attempts: 1 });
  const eachCall = (seconds: number, onCall: (endMs: number, n: number) => void) => {
    for (let n = 0; n < seconds * RATE; n++) {
      const endMs = sinceMs + (n * 1000) / RATE;
      onCall(endMs, n);
      record('direct', endMs, PINNED, '');
    }
    sinceMs += seconds * 1000;
    nowMs = sinceMs + SLOT_MS;
  };
  const send = () => server.send(model.frame(standing, false));
  let timer: NodeJS.Timeout | undefined;
  const hush = () => clearInterval(timer);
  const go = () => {
    timer = setInterval(send, FRAME_MS);
  };
  go();
  const change = (pod: string, state: PodState, detail?: string) =>
    model.onPod({ atMs: nowMs, pod, address: '127.0.0.1', state, detail });
  try {
    await body({
      server,
      model,
      standing,
      orders,
      change,
      startAll: () => {
        for (const state of ['starting', 'ready'] as const)
          for (const name of [...SERVERS, ...ENVOYS]) change(name, state);
      },
      calls: (seconds, pods) => {
        eachCall(seconds, (endMs, n) => {
          record('envoy', endMs, pods[n % pods.length] as string, ENVOYS[n % ENVOYS.length] as string);
        });
      },
      lose: (seconds) => eachCall(seconds, (endMs) => record('envoy', endMs, '', '', 'UNAVAILABLE')),
      send,
      hush,
      go,
    });
  } finally {
    hush();
    await server.close();
  }
}
