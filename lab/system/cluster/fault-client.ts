// Gives orders to the fault endpoint of a server pod (server/faults/endpoint.ts) through the API server's proxy.
import { FAULT_PORT } from '../../../runtime/server-fault';
import type { ServerFault } from '../system';
import { type Api, ApiError } from './api';
import { podPort } from './pod-proxy';

export interface FaultClient {
  /** Replaces all faults of the pod; `{}` clears them. */
  set(pod: string, fault: ServerFault): Promise<void>;
  /** Resolves when the pod has taken the order: its process ends right after. */
  abort(pod: string): Promise<void>;
  /** Resolves when the process runs again. */
  freeze(pod: string, forMs: number): Promise<void>;
}

/** What an answer may take beyond the time that a process was told to freeze. */
const MARGIN_MS = 15_000;

export function createFaultClient(api: Api): FaultClient {
  const order = (pod: string) => podPort('grpc-server', pod, FAULT_PORT);
  return {
    set: async (pod, fault) => {
      await api.send('PUT', `${order(pod)}/faults`, fault);
    },
    abort: async (pod) => {
      try {
        await api.send('POST', `${order(pod)}/abort`);
      } catch (thrown) {
        // The process may be gone before its answer has come all the way.
        if (!(thrown instanceof ApiError && (thrown.status === 502 || thrown.status === 0))) throw thrown;
      }
    },
    freeze: async (pod, forMs) => {
      await api.send('POST', `${order(pod)}/freeze?ms=${Math.round(forMs)}`, undefined, forMs + MARGIN_MS);
    },
  };
}
