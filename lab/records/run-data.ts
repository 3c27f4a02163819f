// A run as evaluation and report see it: the three files that cannot be made again. Everything else follows from them.
import type { Call } from './call';
import type { RunEvent } from './event';
import type { Params, Sizes } from './params';

export interface RunData<S extends Sizes = Sizes> {
  readonly params: Params<S>;
  /** In the order in which they were sent. */
  readonly calls: readonly Call[];
  /** In the order of time. */
  readonly events: readonly RunEvent[];
}

/** What a run left, without what was fixed before it: all that a figure is drawn from. */
export type RunRecords = Pick<RunData, 'calls' | 'events'>;

/** From the first thing that happened to the last, ms since the epoch. Both 0 for a run without any record. */
export function runSpan({ calls, events }: RunRecords): { fromMs: number; toMs: number } {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { sentMs, latencyMs } of calls) {
    if (sentMs < fromMs) fromMs = sentMs;
    if (sentMs + latencyMs > toMs) toMs = sentMs + latencyMs;
  }
  for (const { atMs } of events) {
    if (atMs < fromMs) fromMs = atMs;
    if (atMs > toMs) toMs = atMs;
  }
  return fromMs <= toMs ? { fromMs, toMs } : { fromMs: 0, toMs: 0 };
}
