// The life of a system, whatever it is made of: it closes once, and one that cannot begin is closed.
import { StartError, toError } from '../../runtime/errors';
import type { System } from './system';

/**
 * The system of these parts, once `begin` has brought it to where an experiment takes it over.
 * @param what names it in the error
 * @throws StartError when `begin` rejects; nothing is left of it then
 */
export async function beginSystem(what: string, parts: System, begin: () => Promise<void>): Promise<System> {
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= parts.close();
    return closed;
  };
  try {
    await begin();
  } catch (thrown) {
    await close();
    throw new StartError(`${what} did not start: ${toError(thrown).message}`, { cause: thrown });
  }
  return { ...parts, close };
}
