// How fast the client of a local stack calls: as it was told, as fast as a person who watches can follow, or as the manifest says.
import type { Variables } from '../manifest-reader/pod-manifest';
import { type LocalOptions, WATCHED_RATE } from './options';

export interface Pace {
  /** Calls per second. */
  readonly rate?: number;
  /** Time between two calls, ms. */
  readonly intervalMs?: number;
}

export function paceOf(
  { rate, intervalMs, client }: Pick<LocalOptions, 'rate' | 'intervalMs' | 'client'>,
  { isWatched }: { readonly isWatched: boolean },
): Pace {
  if (rate !== undefined) return { rate };
  if (intervalMs !== undefined) return { intervalMs };
  // A client of the reader's own has a pace of its own.
  return isWatched && client === undefined ? { rate: WATCHED_RATE } : {};
}

/** As settings of the client. */
export function paceEnv({ rate, intervalMs }: Pace): Variables {
  if (rate !== undefined) return { RATE: String(rate) };
  return intervalMs === undefined ? {} : { INTERVAL_MS: String(Math.max(1, Math.round(intervalMs))) };
}

/** Of a client that a person watches: it always has one. */
export function ratePerSecondOf({ rate, intervalMs }: Pace): number {
  return rate ?? (intervalMs === undefined ? WATCHED_RATE : 1000 / intervalMs);
}
