// Reads what server pods counted while something happens, so that pods that leave meanwhile were read after their last
// call: a draining pod lives for ten seconds after it.
import type { RunContext } from '../experiment';
import type { System } from '../system/system';
import { meanwhile } from './meanwhile';

export function countingServers(
  system: System,
  context: Pick<RunContext, 'pause'>,
  steps: () => Promise<void>,
): Promise<void> {
  const readAll = async () => {
    const pods = await system.pods('grpc-server');
    await Promise.allSettled(pods.map(({ name }) => system.counters(name)));
  };
  return meanwhile(context, readAll, { intervalMs: 2000, alsoAfter: true }, steps);
}
