// What a tally says: shares, evenness, latency. Pure.
import { coefficientOfVariation, jainIndex, maxOverMean } from '../runtime/evenness';
import type { LatencyRecord } from './latency-record';
import type { Tally } from './tally';

const NUMERIC = new Intl.Collator('en', { numeric: true });

export interface Latencies {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface Summary {
  readonly calls: number;
  readonly ok: number;
  readonly failed: number;
  /** Calls per status name, OK included. */
  readonly byCode: Readonly<Record<string, number>>;
  /** OK answers per server pod. A pod that never answered is unknown to a client, and missing here. */
  readonly pods: Readonly<Record<string, number>>;
  /** OK answers per Envoy pod. */
  readonly envoys: Readonly<Record<string, number>>;
  /** Evenness over `pods`, see jainIndex; null when no pod answered. So are cv and maxOverMean. */
  readonly jain: number | null;
  readonly cv: number | null;
  readonly maxOverMean: number | null;
  /** Of OK answers, from sending to answer; percentiles to ±0.5 %, 0 when there is none. */
  readonly latencyMs: Latencies;
  /** The same from when each call was due: what held it up in the client is in it. */
  readonly latencyFromDueMs: Latencies;
  /** Times that upstreams were asked, per call; null when there was no call. */
  readonly attemptsPerCall: number | null;
  /** Calls that were sent late or never: the client itself could not keep up, or MAX_IN_FLIGHT held it back. */
  readonly behindSchedule: number;
  /** Of those, how many were never sent. They are not in `calls`. */
  readonly neverSent: number;
}

export type Lateness = Pick<Summary, 'behindSchedule' | 'neverSent'>;

export function summarize(tally: Tally, { behindSchedule, neverSent }: Lateness): Summary {
  const counts = [...tally.pods.values()];
  return {
    calls: tally.calls,
    ok: tally.ok,
    failed: tally.failed,
    byCode: byName(tally.codes),
    pods: byName(tally.pods),
    envoys: byName(tally.envoys),
    jain: rounded(jainIndex(counts)),
    cv: rounded(coefficientOfVariation(counts)),
    maxOverMean: rounded(maxOverMean(counts)),
    ...latencies(tally),
    attemptsPerCall: tally.calls === 0 ? null : rounded(tally.attempts / tally.calls),
    behindSchedule,
    neverSent,
  };
}

/** Both kinds of latency, of the OK answers in `tally`. */
export function latencies(tally: Tally): Pick<Summary, 'latencyMs' | 'latencyFromDueMs'> {
  return { latencyMs: percentiles(tally.latency), latencyFromDueMs: percentiles(tally.latencyFromDue) };
}

function percentiles(latency: LatencyRecord): Latencies {
  const at = (percent: number) => Number(latency.percentile(percent).toFixed(3));
  return { p50: at(50), p90: at(90), p99: at(99), max: Number(latency.max.toFixed(3)) };
}

/** Sorted, with numbers inside names compared as numbers: pod-2 before pod-10. */
export function byName(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => NUMERIC.compare(a, b)));
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(6)) : null;
}
