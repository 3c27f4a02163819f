// Makes calls that greet one name slow on every server, so that a slow load can run beside a quick one.
import type { System } from '../system/system';

export async function delayNamed(system: System, onlyName: string, delayMs: number): Promise<void> {
  for (const { name } of await system.pods('grpc-server')) await system.injectFault(name, { delayMs, onlyName });
}
