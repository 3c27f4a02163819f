// The way from a step in the load to calls on new pods, link by link, read from events and calls.
import type { Call } from './call';
import { type EventDetails, type EventOf, eventsOf, type RunEvent, type Tier } from './event';
import { readyPodsAt } from './ready-pods';

export interface LoadStep {
  /** The first call of the new load, ms since the epoch. */
  readonly atMs: number;
  /** Name of the metric, and how much of it over all pods asks for the last of the new pods: load over target. */
  readonly metric: string;
  readonly above: number;
  readonly desired: number;
  /** Nothing later belongs to this step. */
  readonly untilMs: number;
}

export type Link = 'scrape' | 'window' | 'adapter' | 'sync' | 'start' | 'discovery';

/**
 * The lag of each link, ms, undefined from the first one that never came: each begins where the one before it in `links`
 * ends. scrape: Prometheus has read every pod once.
 * window: the adapter's query gives what asks for the last new pod. adapter: the custom
 * metrics API does. sync: the Deployment wants them. start: all are ready. discovery: each has had a call.
 */
export function lagsOf(
  { calls, events }: { readonly calls: readonly Call[]; readonly events: readonly RunEvent[] },
  step: LoadStep,
  links: readonly Link[],
): ReadonlyMap<Link, number | undefined> {
  const within = duringStep(events, step);
  const readyMs = eventsOf(within, 'pod-ready').find(
    ({ atMs }) => readyPodsAt(events, atMs).length >= step.desired,
  )?.atMs;
  const ends: Readonly<Record<Link, number | undefined>> = {
    scrape: eventsOf(within, 'scrape').find(({ detail }) => (detail?.readAtMs ?? 0) >= step.atMs)?.detail?.readAtMs,
    window: askedAtMs(events, step, 'prometheus'),
    adapter: askedAtMs(events, step, 'custom-metrics'),
    sync: replicasOf(within, 'grpc-server').find(({ detail }) => (detail?.desired ?? 0) >= step.desired)?.atMs,
    start: readyMs,
    discovery: readyMs === undefined ? undefined : lastFirstCallMs(calls, events, { fromMs: step.atMs, readyMs }),
  };
  let fromMs: number | undefined = step.atMs;
  const lags = new Map<Link, number | undefined>();
  for (const link of links) {
    const endMs: number | undefined = ends[link];
    // Seen once a second, so a link may be seen before the one it follows.
    const toMs: number | undefined = endMs === undefined || fromMs === undefined ? undefined : Math.max(endMs, fromMs);
    lags.set(link, toMs === undefined ? undefined : toMs - (fromMs as number));
    fromMs = toMs;
  }
  return lags;
}

/** Several lags together, ms; undefined when one of them was not seen. */
export function totalOf(
  lags: ReadonlyMap<Link, number | undefined> | undefined,
  links: readonly Link[],
): number | undefined {
  const total = links.reduce((sum, link) => sum + (lags?.get(link) ?? Number.NaN), 0);
  return Number.isNaN(total) ? undefined : total;
}

/** When a reader of the metric first saw so much that it asks for the last new pod; undefined if none did. */
export function askedAtMs(
  events: readonly RunEvent[],
  step: LoadStep,
  source: EventDetails['metric']['source'],
): number | undefined {
  return eventsOf(duringStep(events, step), 'metric').find(
    ({ subject, detail }) =>
      subject === step.metric && detail?.source === source && detail.value * (detail.pods ?? 1) > step.above,
  )?.atMs;
}

function duringStep(events: readonly RunEvent[], step: LoadStep): readonly RunEvent[] {
  return events.filter(({ atMs }) => atMs >= step.atMs && atMs <= step.untilMs);
}

/** Changes in how many pods of a tier are wanted. */
function replicasOf(events: readonly RunEvent[], tier: Tier): readonly EventOf<'replicas'>[] {
  return eventsOf(events, 'replicas').filter(({ subject }) => subject === tier);
}

/** The number of pods wanted, each time that it changed. */
export function wantedOverTime(
  events: readonly RunEvent[],
  tier: Tier,
): readonly { readonly atMs: number; readonly wanted: number }[] {
  const all = replicasOf(events, tier).map(({ atMs, detail }) => ({ atMs, wanted: detail?.desired ?? 0 }));
  return all.filter(({ wanted }, index) => wanted !== all[index - 1]?.wanted);
}

/** When the last of the pods that are new since `fromMs` was first sent a call; undefined if one never was. */
function lastFirstCallMs(
  calls: readonly Call[],
  events: readonly RunEvent[],
  { fromMs, readyMs }: { readonly fromMs: number; readonly readyMs: number },
): number | undefined {
  const before = new Set(readyPodsAt(events, fromMs));
  const fresh = readyPodsAt(events, readyMs).filter((pod) => !before.has(pod));
  const firsts = fresh.map((pod) =>
    calls.find((call) => call.pod === pod && call.code === 'OK' && call.sentMs >= fromMs),
  );
  if (firsts.includes(undefined) || firsts.length === 0) return undefined;
  return Math.max(...firsts.map((call) => (call as Call).sentMs));
}
