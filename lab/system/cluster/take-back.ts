// The end of a run on a cluster: each change is undone, even if others fail.
import { toError } from '../../../runtime/errors';

/** Takes every step in order. @throws Error naming those that failed, and the way out */
export async function takeBack(context: string, steps: Readonly<Record<string, () => Promise<void>>>): Promise<void> {
  const failures: string[] = [];
  for (const [what, step] of Object.entries(steps)) {
    await step().catch((thrown: unknown) => failures.push(`${what}: ${toError(thrown).message}`));
  }
  if (failures.length === 0) return;
  throw new Error(
    `context ${context}: could not undo ${failures.join('; ')}. ` +
      'The changed objects say what was changed, and the next run of the lab undoes it.',
  );
}
