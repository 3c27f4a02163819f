// Reads from every Envoy, several times a second, how many pods it uses, while something happens.
import type { RunContext } from '../experiment';
import type { System } from '../system/system';
import { meanwhile } from './meanwhile';

export function watchingHosts<T>(
  system: System,
  context: Pick<RunContext, 'pause'>,
  steps: () => Promise<T>,
): Promise<T> {
  const readAll = async () => {
    const envoys = (await system.pods('envoy')).filter(({ isReady }) => isReady);
    await Promise.allSettled(envoys.map(({ name }) => system.hosts(name)));
  };
  return meanwhile(context, readAll, { intervalMs: 100 }, steps);
}
