// How long an experiment waits for the system before it gives up the run. Generous: slowness is not a finding, and
// what must be quick is claimed by its experiment.
import type { Deadline } from '../system/system';

/** For a stationary state: pods come and go one after the other, Envoys drain up to 40 s. */
export const SETTLING: Deadline = { withinMs: 240_000 };
/** For pods to be ready, or to be gone with their grace period. */
export const POD_CHANGE: Deadline = { withinMs: 180_000 };
/** For a rolling restart of a few pods: each of them starts, waits and drains. */
export const ROLLING: Deadline = { withinMs: 600_000 };
/** For Envoys to know which pods there are. */
export const ROUTING: Deadline = { withinMs: 60_000 };
