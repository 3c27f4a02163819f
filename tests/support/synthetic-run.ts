// Runs that never happened: seeded calls and events with the shape of real ones, so that reports can be drawn and checked
// without a system. Nothing here is a measurement.
import type { Call } from '../../lab/records/call';
import type { RunEvent } from '../../lab/records/event';
import { type Random, randomInteger, seededRandom } from '../../lab/statistics/seeded-random';

/** 2026-03-01T12:00:00Z. */
export const START_MS = Date.UTC(2026, 2, 1, 12);

export interface SyntheticPod {
  readonly name: string;
  /** s since the start; default from the start, for ever. */
  readonly fromS?: number;
  readonly toS?: number;
  /** Added to every answer, ms. */
  readonly delayMs?: number;
}

export interface SyntheticLoad {
  readonly seed: number;
  readonly name?: string;
  readonly fromS?: number;
  readonly seconds: number;
  /** Calls/s, constant or as a function of the time in s. */
  readonly rate: number | ((s: number) => number);
  readonly pods: readonly SyntheticPod[];
  readonly envoys?: readonly string[];
  /** `sticky`: everything to the first pod. Default `round-robin`, with one state per Envoy. */
  readonly picks?: 'round-robin' | 'random' | 'sticky';
  /** The share of picks of slow pods that are kept; the others go elsewhere, as LEAST_REQUEST would. */
  readonly slowKept?: number;
  /** Moments (s) within 300 ms of which calls are retried and slow. */
  readonly disturbances?: readonly number[];
  /** Spans (s) in which calls fail as UNAVAILABLE. */
  readonly outages?: readonly (readonly [fromS: number, toS: number])[];
}

export function syntheticCalls(load: SyntheticLoad): readonly Call[] {
  const random = seededRandom(load.seed);
  const envoys = load.envoys ?? ['envoy-1', 'envoy-2'];
  const turns = envoys.map((_, envoy) => envoy);
  const { name = 'main', fromS = 0 } = load;
  const calls: Call[] = [];
  let s = fromS;
  for (let seq = 1; s < fromS + load.seconds; seq += 1) {
    const envoy = seq % envoys.length;
    const alive = load.pods.filter((pod) => (pod.fromS ?? 0) <= s && s < (pod.toS ?? Number.POSITIVE_INFINITY));
    const pod = pick(load, alive, turns, envoy, random);
    const disturbed = (load.disturbances ?? []).some((at) => s >= at && s < at + 0.3) && random() < 0.4;
    const out = (load.outages ?? []).some(([from, to]) => s >= from && s < to) || pod === undefined;
    const intendedMs = START_MS + s * 1000;
    const latencyMs = out ? 5000 : latency(random) + (pod.delayMs ?? 0) + (disturbed ? 25 + 200 * random() : 0);
    calls.push({
      load: name,
      seq,
      intendedMs: micro(intendedMs),
      sentMs: micro(intendedMs + 0.2 + 0.3 * random()),
      latencyMs: micro(latencyMs),
      code: out ? 'UNAVAILABLE' : 'OK',
      pod: out ? '' : pod.name,
      via: out ? '' : (envoys[envoy] as string),
      attempts: disturbed ? 2 : 1,
    });
    s += 1 / (typeof load.rate === 'number' ? load.rate : load.rate(s));
  }
  return calls;
}

/** An event `s` seconds after the start. */
export function at(s: number, event: DistributedOmit<RunEvent, 'atMs'>): RunEvent {
  return { atMs: START_MS + s * 1000, ...event } as RunEvent;
}

type DistributedOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

function pick(
  { picks = 'round-robin', slowKept = 1 }: SyntheticLoad,
  alive: readonly SyntheticPod[],
  turns: number[],
  envoy: number,
  random: Random,
): SyntheticPod | undefined {
  if (picks === 'sticky') return alive[0];
  for (let tries = 0; tries < 20; tries += 1) {
    const turn = turns[envoy] as number;
    const pod = alive[picks === 'random' ? randomInteger(random, alive.length) : turn % alive.length];
    turns[envoy] = turn + 1;
    if (pod?.delayMs === undefined || random() < slowKept) return pod;
  }
  return alive[0];
}

/** Log-normal around 1.4 ms, with a slow call in two hundred. */
function latency(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return 1.4 * Math.exp(0.35 * normal) * (random() < 0.005 ? 6 : 1);
}

function micro(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
