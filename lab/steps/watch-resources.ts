// Reads the memory and the descriptors of what should live all through: the Envoys and a load generator.
import type { RunContext } from '../experiment';
import type { System } from '../system/system';
import { meanwhile } from './meanwhile';

export function watchingResources<T>(
  system: System,
  context: Pick<RunContext, 'pause'>,
  load: string,
  steps: () => Promise<T>,
): Promise<T> {
  const readAll = async () => {
    const names = [...(await system.pods('envoy')).map(({ name }) => name), load];
    await Promise.allSettled(names.map((name) => system.resources(name)));
  };
  return meanwhile(context, readAll, { intervalMs: 2000 }, steps);
}
