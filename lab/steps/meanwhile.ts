// Reads something again and again while something else happens; the drivers record what is read.
import type { RunContext } from '../experiment';

export interface Reading {
  readonly intervalMs: number;
  /** Once more when the steps are done, so that the last state is read; default false. */
  readonly alsoAfter?: boolean;
}

/**
 * Runs `steps`. What cannot be read just now, because a pod has gone or hangs, is read the next time: the measurement
 * that misses it says so.
 */
export async function meanwhile<T>(
  { pause }: Pick<RunContext, 'pause'>,
  read: () => Promise<unknown>,
  { intervalMs, alsoAfter = false }: Reading,
  steps: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  const readOnce = () => read().catch(() => undefined);
  const repeat = async () => {
    while (!isDone) {
      await pause(intervalMs);
      await readOnce();
    }
  };
  await readOnce();
  // It ends with an error when the run is to end early, and then the steps do too.
  const repeating = repeat().catch(() => undefined);
  try {
    return await steps();
  } finally {
    isDone = true;
    await repeating;
    if (alsoAfter) await readOnce();
  }
}
