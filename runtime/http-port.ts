// An HTTP port of a process beside its work: opened once, closed at once with the connections that are left.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './errors';

export interface HttpPort {
  /** The one that was given, if 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param purpose completes "cannot …"
 * @throws StartError when the port is not available
 */
export async function openHttpPort(server: Server, host: string, port: number, purpose: string): Promise<HttpPort> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new StartError(`cannot ${purpose} on ${host}:${port}: ${cause.code ?? cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  server.removeAllListeners('error');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
