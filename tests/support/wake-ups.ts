// How often a process wakes up, as Linux counts it: each time that its main thread slept and got the CPU again.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const WINDOW_MS = 5_000;
/** What starts up, or is asked something, does not rest yet. */
const WINDOWS = 12;

/** Wake-ups per second of process `pid`: the first window of 5 s with at most `limit`, or the calmest of a minute. */
export async function wakeUpsAtRest(pid: number, limit: number): Promise<number> {
  let calmest = Number.POSITIVE_INFINITY;
  for (let window = 0; window < WINDOWS && calmest > limit; window += 1) {
    const [before, from] = [voluntarySwitches(pid), performance.now()];
    await sleep(WINDOW_MS);
    const seconds = (performance.now() - from) / 1000;
    calmest = Math.min(calmest, (voluntarySwitches(pid) - before) / seconds);
  }
  return calmest;
}

function voluntarySwitches(pid: number): number {
  const count = /^voluntary_ctxt_switches:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (count === undefined) throw new Error(`/proc/${pid}/status has no voluntary_ctxt_switches`);
  return Number(count);
}
