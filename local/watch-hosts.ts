// Asks each Envoy, again and again, what it knows of each server.
import { requestText } from '../command-line/http-text';
import { delay } from '../runtime/lifecycle';
import { adminPort } from './envoy/envoy-config';
import { type HostCounts, readHostCounts } from './envoy/host-counts';
import type { Stack } from './stack';

export interface WatchHostsOptions {
  readonly stack: Stack;
  /** @param hosts by the name of the server */
  readonly onHosts: (envoy: string, hosts: ReadonlyMap<string, HostCounts>) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

const EVERY_MS = 500;
const QUICK_MS = 1000;

/** Resolves when `signal` aborts. Never rejects. */
export async function watchHosts({ stack, onHosts, signal }: WatchHostsOptions): Promise<void> {
  const { manifests, servers, envoys } = stack;
  const { serverCluster } = manifests;
  const port = adminPort(serverCluster.text);
  while (!signal.aborted) {
    const names = new Map(servers.pods().map(({ name, address }) => [address, name]));
    const look = async (name: string, address: string) => {
      const text = await requestText(`http://${address}:${port}/clusters`, { timeoutMs: QUICK_MS }).catch(() => '');
      // One that starts or dies does not answer; what it had counted stays.
      if (text === '' || signal.aborted) return;
      const hosts = [...readHostCounts(text, serverCluster.name)];
      onHosts(
        name,
        new Map(hosts.flatMap(([host, counts]) => (names.has(host) ? [[names.get(host) ?? '', counts]] : []))),
      );
    };
    await Promise.all(envoys.pods().map(({ name, address }) => look(name, address)));
    await delay(EVERY_MS, signal);
  }
}
