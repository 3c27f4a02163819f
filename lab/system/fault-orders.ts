// The lab's orders to a server's fault endpoint (server/faults/endpoint.ts), wherever that endpoint is.
import { requestText } from '../../command-line/http-text';
import type { ServerFault } from './system';

/** FAULT_PORT of every server that the lab starts. */
export const LAB_FAULT_PORT = 9470;

/** Replaces the faults of the server behind `base`, `http://HOST:PORT`; `{}` takes all back. */
export async function orderFaults(base: string, fault: ServerFault): Promise<void> {
  await requestText(`${base}/faults`, { method: 'PUT', body: JSON.stringify(fault) });
}
