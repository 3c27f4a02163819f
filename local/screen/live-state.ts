// What the live table shows, gathered from pods' changes of state and from finished calls. Knows no terminal; time is
// handed in, so that a test can tell it.

import type { LedgerLine } from '../../client/outcome';
import { Tally } from '../../client/tally';
import type { PodEvent, PodState } from '../pods/pod';

export interface LiveRow {
  readonly name: string;
  readonly state: PodState;
  /** What to call the state: `killed` for a pod that died of SIGKILL. */
  readonly label: string;
  /** OK answers since the start. */
  readonly calls: number;
  /** Part of the recent answers that it gave, 0-1. */
  readonly share: number;
  readonly callsPerSecond: number;
}

export interface LiveView {
  readonly elapsedMs: number;
  readonly ok: number;
  readonly failed: number;
  readonly callsPerSecond: number;
  /** Undefined where calls are counted by Envoys, which do not say how long each took. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | undefined;
  readonly servers: readonly LiveRow[];
  readonly envoys: readonly LiveRow[];
  /** Pods that went away, and what they had answered; they have no row any more. */
  readonly earlier: { readonly pods: number; readonly calls: number };
  /** Newest last. */
  readonly events: readonly { readonly atMs: number; readonly text: string }[];
}

/** What one Envoy has counted since it was asked last. */
export interface CountedCalls {
  readonly envoy: string;
  /** Calls that ended, and how often servers were asked for them. */
  readonly calls: number;
  readonly attempts: number;
  /** OK answers by pod. */
  readonly answers: ReadonlyMap<string, number>;
}

export interface LiveState {
  /** All calls so far. */
  readonly tally: Tally;
  /** Pods that were ready at least once, oldest first. */
  servers(): readonly string[];
  /** Calls come one by one from a ledger, or */
  onCall(entry: LedgerLine): void;
  /** in numbers from an Envoy. From the first line of a ledger on numbers are ignored: they would count calls twice. */
  onCounts(counted: CountedCalls): void;
  /** Whether there was a line of a ledger. */
  readonly hasLedger: boolean;
  onEvent(event: PodEvent): void;
  /** Something else that a reader should see. */
  note(text: string): void;
  view(): LiveView;
}

/** "Recent" is this long, */
const WINDOW_MS = 5000;
/** and longer where calls are so few that shares of less would mean nothing. */
const WINDOW_CALLS = 30;
const BUCKET_MS = 250;
/** A pod that is gone keeps its row for so long. */
const GONE_ROW_MS = 5000;
const EVENTS = 8;

interface Bucket {
  readonly startMs: number;
  calls: number;
  readonly pods: Map<string, number>;
}

interface PodRecord {
  readonly kind: 'server' | 'envoy';
  state: PodState;
  label: string;
  changedMs: number;
  wasReady: boolean;
}

export interface LiveStateOptions {
  /** Deployment whose pods answer; the others are Envoys. */
  readonly serverDeployment: string;
  /** ms since the epoch */
  readonly now: () => number;
}

export function createLiveState({ serverDeployment, now }: LiveStateOptions): LiveState {
  const tally = new Tally();
  const pods = new Map<string, PodRecord>();
  const events: { atMs: number; text: string }[] = [];
  const buckets: Bucket[] = [];
  let recentCalls = 0;
  let firstCallMs: number | undefined;
  let hasLedger = false;
  let endedCalls = 0;

  function note(text: string, atMs = now()): void {
    events.push({ atMs, text });
    if (events.length > EVENTS) events.shift();
  }

  function forgetOld(): void {
    const horizon = now() - WINDOW_MS;
    for (let first = buckets[0]; first !== undefined; first = buckets[0]) {
      const isNeeded = first.startMs + BUCKET_MS > horizon || recentCalls - first.calls < WINDOW_CALLS;
      if (isNeeded || buckets.length === 1) return;
      recentCalls -= first.calls;
      buckets.shift();
    }
  }

  function countRecent(calls: number, names: readonly (readonly [string, number])[]): void {
    const startMs = Math.floor(now() / BUCKET_MS) * BUCKET_MS;
    let bucket = buckets.at(-1);
    if (bucket?.startMs !== startMs) {
      bucket = { startMs, calls: 0, pods: new Map() };
      buckets.push(bucket);
      forgetOld();
    }
    bucket.calls += calls;
    recentCalls += calls;
    for (const [name, count] of names) bucket.pods.set(name, (bucket.pods.get(name) ?? 0) + count);
  }

  function rows(kind: PodRecord['kind'], windowSeconds: number): LiveRow[] {
    const counts = kind === 'server' ? tally.pods : tally.envoys;
    return [...pods].flatMap(([name, { kind: own, state, label, changedMs }]) => {
      const isOld = state === 'gone' && now() - changedMs > GONE_ROW_MS;
      if (own !== kind || isOld) return [];
      const recent = buckets.reduce((sum, bucket) => sum + (bucket.pods.get(name) ?? 0), 0);
      const share = recentCalls === 0 ? 0 : recent / recentCalls;
      return [{ name, state, label, calls: counts.get(name) ?? 0, share, callsPerSecond: recent / windowSeconds }];
    });
  }

  return {
    tally,
    servers: () => [...pods].flatMap(([name, { kind, wasReady }]) => (kind === 'server' && wasReady ? [name] : [])),
    onCall: (entry) => {
      hasLedger = true;
      tally.record(entry);
      firstCallMs ??= now();
      if (entry.code !== 'OK') return;
      countRecent(1, [
        [entry.pod, 1],
        [entry.via, 1],
      ]);
    },
    onCounts: ({ envoy, calls, attempts, answers }) => {
      const ok = [...answers.values()].reduce((sum, count) => sum + count, 0);
      if (hasLedger || calls + ok === 0) return;
      firstCallMs ??= now();
      endedCalls += calls;
      tally.ok += ok;
      // An answer may have been counted for its server, and not yet as the end of a call.
      tally.calls = Math.max(endedCalls, tally.ok);
      tally.attempts += attempts;
      for (const [pod, count] of answers) tally.pods.set(pod, (tally.pods.get(pod) ?? 0) + count);
      tally.envoys.set(envoy, (tally.envoys.get(envoy) ?? 0) + ok);
      if (ok > 0) countRecent(ok, [...answers, [envoy, ok]]);
    },
    get hasLedger() {
      return hasLedger;
    },
    onEvent: ({ atMs, pod, state, detail }) => {
      const known = pods.get(pod);
      const why = detail?.split('\n')[0];
      const label = state === 'died' && why?.includes('SIGKILL') ? 'killed' : state;
      const kind = pod.startsWith(`${serverDeployment}-`) ? 'server' : 'envoy';
      const wasReady = known?.wasReady === true || state === 'ready';
      pods.set(pod, { kind, state, label, changedMs: atMs, wasReady });
      note(`${pod} ${label}${why === undefined || label === 'killed' ? '' : `: ${why}`}`, atMs);
    },
    note,
    view: () => {
      forgetOld();
      const spanMs = now() - Math.max(firstCallMs ?? now(), buckets[0]?.startMs ?? now());
      const windowSeconds = Math.max(spanMs, BUCKET_MS) / 1000;
      const servers = rows('server', windowSeconds);
      const known = new Set(servers.map((row) => row.name));
      const earlier = [...tally.pods].filter(([name]) => !known.has(name));
      return {
        elapsedMs: firstCallMs === undefined ? 0 : now() - firstCallMs,
        ok: tally.ok,
        failed: tally.failed,
        callsPerSecond: recentCalls / windowSeconds,
        latencyMs:
          tally.ok > 0 && !hasLedger
            ? undefined
            : { p50: tally.latency.percentile(50), p99: tally.latency.percentile(99) },
        servers,
        envoys: rows('envoy', windowSeconds),
        earlier: { pods: earlier.length, calls: earlier.reduce((sum, [, calls]) => sum + calls, 0) },
        events,
      };
    },
  };
}
