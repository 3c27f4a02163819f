// Something happens while a load is on: the load begins first, ends last, and has at least so many calls.
import type { RunContext } from '../experiment';
import type { LoadResult, LoadSpec, System } from '../system/system';

export type UnaryLoad = LoadSpec & { readonly ratePerSecond: number };

export interface LoadMargins {
  /** The load goes on until it has made this many calls and a few more, also when the steps are done; default 0. */
  readonly calls?: number;
  /** Time of load before the first step, ms; default 2000. */
  readonly leadMs?: number;
  /** Time of load after the last step, ms; default 2000. */
  readonly tailMs?: number;
}

/** A part of the calls that are asked for. */
const SPARE = 0.02;

/** Runs `steps` under the load. Rejects as soon as a step or the load itself fails. */
export async function underLoad(
  system: System,
  { pause }: Pick<RunContext, 'pause'>,
  spec: UnaryLoad,
  steps: () => Promise<void>,
  { calls = 0, leadMs = 2000, tailMs = 2000 }: LoadMargins = {},
): Promise<LoadResult> {
  const load = await system.startLoad(spec);
  const startedMs = Date.now();
  const endedEarly = load.finished.then(() => {
    throw new Error(`cannot go on: load ${spec.name} ended before the steps under it did`);
  });
  // It also settles when the load is stopped at the end, when no code listens any more.
  endedEarly.catch(() => undefined);
  const run = async () => {
    await pause(leadMs);
    await steps();
    // A busy machine sends some of them late.
    const callsMs = (calls / spec.ratePerSecond) * 1000 * (1 + SPARE);
    await pause(Math.max(tailMs, callsMs - (Date.now() - startedMs)));
  };
  await Promise.race([run(), endedEarly]);
  return load.stop();
}
