// Orders to a server's fault endpoint (server/faults/endpoint.ts), by the lab and by a person at the page or the table.
import { requestText } from '../command-line/http-text';
import type { ServerFault } from '../runtime/server-fault';

/** Replaces the faults of the server behind `base`, `http://HOST:PORT`; `{}` takes all back. */
export async function orderFaults(base: string, fault: ServerFault): Promise<void> {
  await requestText(`${base}/faults`, { method: 'PUT', body: JSON.stringify(fault) });
}
