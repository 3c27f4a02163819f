// What happened during a run, as a closed vocabulary: a line of events.ndjson. Both backends write the same words, so
// that evaluation and charts cannot tell them apart.
import type { Tier } from '../../manifest-reader/autoscaler';
import type { ServerFault } from '../../runtime/server-fault';
import { parseObject } from './lines';
import { RecordError } from './record-error';

export type { Tier };

/** Detail of each kind of event. The comment says what happened and what the subject is. */
export interface EventDetails {
  /** A part of the experiment begins (subject: its name) and lasts until the next one, or the end. */
  phase: Record<string, never>;
  /** Something worth reading that no other kind says. */
  note: { readonly text: string };
  /** A load generator (subject: its name) begins. Rate in calls/s; 0 when calls are spaced by an interval. */
  'load-start': { readonly target: string; readonly ratePerSecond: number };
  /** A load generator (subject) has ended with `calls` lines in its ledger. */
  'load-stop': { readonly calls: number };
  /** A number of pods was asked for (subject: tier). */
  scale: { readonly from: number; readonly to: number };
  /** A rolling restart of a tier (subject) was asked for, or is complete. */
  'roll-start': Record<string, never>;
  'roll-done': Record<string, never>;
  /** How many pods a tier (subject) should have and has ready; written at each change. */
  replicas: { readonly desired: number; readonly ready: number };
  /** A server pod (subject): its process runs; its readiness probe passes, or fails again; its address is in DNS, or no more. */
  'pod-started': Record<string, never>;
  'pod-ready': Record<string, never>;
  'pod-unready': Record<string, never>;
  'pod-in-dns': Record<string, never>;
  'pod-out-of-dns': Record<string, never>;
  /** A server pod was asked to end. */
  'pod-draining': Record<string, never>;
  /** Its process ended without being asked; DNS may still name it. */
  'pod-died': { readonly reason?: string };
  /** It has ended and DNS does not name it. */
  'pod-gone': { readonly reason?: string };
  /** Its container was started again within the same pod. */
  'pod-restarted': { readonly restarts?: number };
  /** The same of an Envoy pod (subject). */
  'envoy-ready': Record<string, never>;
  'envoy-draining': Record<string, never>;
  'envoy-died': { readonly reason?: string };
  'envoy-gone': { readonly reason?: string };
  /** How many server pods an Envoy (subject) knows, and how many of them it sends calls to; written at each change. */
  hosts: { readonly known: number; readonly healthy: number };
  /** A signal, or what stands in for it, was sent to a pod (subject). */
  signal: { readonly signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' };
  /** A fault was switched on in a server pod (subject), or all of its faults off. */
  fault: ServerFault;
  'fault-cleared': Record<string, never>;
  /** DNS answers wrongly from now on, or rightly again. */
  'dns-fault': { readonly mode: DnsFaultMode };
  /** Where it takes a while: from `askedAtMs` on an answer may be right, ms since the epoch. */
  'dns-fault-cleared': { readonly askedAtMs?: number };
  /** Envoy's balancing policy is this from now on, in all Envoys. */
  policy: { readonly policy: string };
  /** A part of the metrics chain (subject: prometheus, prometheus-adapter) was taken away, or is back. */
  'component-down': Record<string, never>;
  'component-up': Record<string, never>;
  /** A metric (subject: its name) as a reader of it saw it, and who that was. */
  metric: {
    readonly value: number;
    readonly source: 'pods' | 'prometheus' | 'custom-metrics' | 'autoscaler' | 'longest-window' | 'shortest-window';
    readonly target?: number;
    /** Over how many pods `value` is the mean. */
    readonly pods?: number;
  };
  /** Prometheus has read all pods of a tier (subject) again; the last one at `readAtMs`, ms since the epoch. */
  scrape: { readonly readAtMs: number };
  /** Calls that a server pod (subject) has handled since it started, per status name. */
  counters: Readonly<Record<string, number>>;
  /** Messages on streams that a server pod (subject) has handled since it started. */
  messages: { readonly handled: number };
  /** What a process (subject: its pod) uses. Absent where a backend cannot see it. */
  resources: { readonly residentBytes: number; readonly openDescriptors?: number; readonly cpuSeconds?: number };
}

export type EventKind = keyof EventDetails;
export type DnsFaultMode = 'servfail' | 'silence' | 'nxdomain';
type DetailValue = string | number | boolean;

/** An event of kind `K`. `atMs` is ms since the epoch, by the clock of the lab. */
export interface EventOf<K extends EventKind> {
  readonly atMs: number;
  readonly kind: K;
  readonly subject?: string;
  readonly detail?: EventDetails[K];
}

export type RunEvent = { readonly [K in EventKind]: EventOf<K> }[EventKind];

/** A record, so that a kind without its entry does not compile. */
const KINDS: Readonly<Record<EventKind, true>> = {
  phase: true,
  note: true,
  'load-start': true,
  'load-stop': true,
  scale: true,
  'roll-start': true,
  'roll-done': true,
  replicas: true,
  'pod-started': true,
  'pod-ready': true,
  'pod-unready': true,
  'pod-in-dns': true,
  'pod-out-of-dns': true,
  'pod-draining': true,
  'pod-died': true,
  'pod-gone': true,
  'pod-restarted': true,
  'envoy-ready': true,
  'envoy-draining': true,
  'envoy-died': true,
  'envoy-gone': true,
  hosts: true,
  signal: true,
  fault: true,
  'fault-cleared': true,
  'dns-fault': true,
  'dns-fault-cleared': true,
  policy: true,
  'component-down': true,
  'component-up': true,
  metric: true,
  scrape: true,
  counters: true,
  messages: true,
  resources: true,
};
export const EVENT_KINDS = Object.keys(KINDS) as readonly EventKind[];

/** @throws RecordError naming `where` when the line is not an event of a known kind. */
export function parseEvent(line: string, where: string): RunEvent {
  const { atMs, kind, subject, detail, ...rest } = parseObject(line, where);
  if (typeof atMs !== 'number') throw new RecordError(where, 'atMs to be a number', atMs);
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) throw new RecordError(where, 'a known kind', kind);
  if (subject !== undefined && typeof subject !== 'string') throw new RecordError(where, 'subject to be text', subject);
  if (detail !== undefined && !isFlat(detail)) throw new RecordError(where, 'a flat detail', detail);
  if (Object.keys(rest).length > 0) throw new RecordError(where, 'atMs, kind, subject, detail and no more', rest);
  return { atMs, kind, ...(subject !== undefined && { subject }), ...(detail !== undefined && { detail }) } as RunEvent;
}

/** The events of some kinds, with the type of their detail. */
export function eventsOf<K extends EventKind>(
  events: readonly RunEvent[],
  ...kinds: readonly K[]
): readonly EventOf<K>[] {
  return events.filter(({ kind }) =>
    (kinds as readonly EventKind[]).includes(kind),
  ) as readonly RunEvent[] as readonly EventOf<K>[];
}

function isFlat(detail: unknown): detail is Record<string, DetailValue> {
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return false;
  return Object.values(detail).every((value) => ['string', 'number', 'boolean'].includes(typeof value));
}
