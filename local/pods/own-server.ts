// A server pod whose program is the reader's own: a command with an address and a port to listen on. Owns what the command
// is told, and how such a pod is found ready. Knows nothing of what the program serves.
import { createServer } from 'node:net';
import type { Manifests } from '../../manifest-reader/manifests';
import type { PodManifest, ReadinessProbe, Variables } from '../../manifest-reader/pod-manifest';
import { StartError } from '../../runtime/errors';
import { assertFree } from './addresses';
import { fillIn, placeholdersIn } from './placeholders';
import type { PodBlueprint } from './pod';
import { podEnv } from './pod-env';
import { describeExit, type SignalGroup, startProcess } from './process';
import { askHealth, type Probe, probeOnce } from './readiness';
import type { Reaper } from './reaper';
import { type Relay, startRelay } from './relay';

/** What `--server` may say, and the variables with the same values; docs/local-stack.md has the same lines. */
export const SERVER_WORDS = {
  address: ['HOST', 'GRPC_HOST', 'METRICS_HOST'],
  port: ['PORT', 'GRPC_PORT'],
  metrics_port: ['METRICS_PORT'],
  pod: ['POD_NAME'],
  own_port: [],
} as const;

/** Where neither the manifests nor {own_port} say another one; the usual one of this project. */
const METRICS_PORT = 9464;
const LOOPBACK = '127.0.0.1';
/** Kubernetes' own timing, for a Deployment that says none. */
const DEFAULT_TIMING = { periodMs: 10_000, timeoutMs: 1000, failureThreshold: 3 };

export interface OwnServerOptions {
  readonly manifests: Manifests;
  /** The command, as a shell takes it, with words in braces. */
  readonly command: string;
  /** The environment of the reader. */
  readonly env: Variables;
  readonly signalGroup: SignalGroup;
  readonly reaper: Reaper;
}

/** The port that Envoy and the probe find the servers on. */
export function grpcPortOf({ server, serverCluster }: Manifests): number {
  const { grpc, ...others } = server.ports;
  const [only, more] = Object.values(others);
  return grpc ?? (more === undefined ? only : undefined) ?? serverCluster.port;
}

/** Whether each server has a port that no other has. */
export function hasOwnPorts(command: string): boolean {
  return placeholdersIn(command).includes('own_port');
}

/** Why servers that listen on every address are of no use here, and what helps. */
export function whyIndistinct(port: number): string {
  return (
    `a server of --server listens on port ${port} of every address, so no other can have it, and Envoy cannot tell them ` +
    'apart: let it listen on {address} (HOST) alone, or, if it can choose its port only, on {own_port}'
  );
}

export function ownServerBlueprint(options: OwnServerOptions): PodBlueprint {
  const { manifests, command, signalGroup, reaper } = options;
  const port = grpcPortOf(manifests);
  const hasOwnPort = hasOwnPorts(command);
  const manifest = { ...manifests.server, readiness: readinessOf(manifests.server, port, hasOwnPort) };
  const relays = new Map<string, Relay>();
  const environments = new Map<string, Variables>();
  const closeRelay = (name: string) => {
    void relays.get(name)?.close();
    relays.delete(name);
  };
  return {
    manifest,
    prepare: async (name, address) => {
      const metricsPort = hasOwnPort ? await freePort() : (manifest.scrape?.port ?? METRICS_PORT);
      await assertFree([{ host: address, ports: hasOwnPort ? [port] : [port, metricsPort] }]);
      const ownPort = hasOwnPort ? await freePort() : port;
      if (hasOwnPort) {
        const relay = await startRelay({ host: address, port }, () => ({ host: LOOPBACK, port: ownPort }));
        relays.set(name, relay);
      }
      const values = {
        address: hasOwnPort ? LOOPBACK : address,
        port: String(port),
        metrics_port: String(metricsPort),
        pod: name,
        own_port: String(ownPort),
      };
      const env = { ...options.env, ...podEnv(manifest, name, address), ...variablesOf(SERVER_WORDS, values) };
      environments.set(name, env);
      return { ...shell(fillIn(command, values)), env, signalGroup, onExit: () => closeRelay(name) };
    },
    preStop: async (name) => {
      const [program, ...args] = manifest.preStop ?? [];
      if (program === undefined) return;
      const hook = await startProcess({ command: program, args, env: environments.get(name) ?? {} }, reaper);
      const exit = await hook.exited;
      if (exit.code !== 0) throw new StartError(`preStop: ${[describeExit(exit), ...hook.tail()].join(' ')}`);
    },
    cleanUp: async (name) => {
      closeRelay(name);
      environments.delete(name);
    },
  };
}

/**
 * Asks the pod as its manifest says. A server without grpc.health.v1 is ready once it answers that it has none.
 * @param onAbsent called for the first such server
 */
export function ownProbe(onAbsent: () => void): Probe {
  let isSaid = false;
  return async (host, probe) => {
    const { check, timeoutMs } = probe;
    if (check.kind !== 'grpc') return probeOnce(host, probe);
    const health = await askHealth(`${host}:${check.port}`, check.service, timeoutMs);
    if (health === 'absent' && !isSaid) {
      isSaid = true;
      onAbsent();
    }
    return health === 'serving' || health === 'absent';
  };
}

/** @returns the variables that stand for the same as the words */
export function variablesOf(
  words: Readonly<Record<string, readonly string[]>>,
  values: Readonly<Record<string, string>>,
): Variables {
  const pairs = Object.entries(words).flatMap(([word, names]) => names.map((name) => [name, values[word] ?? '']));
  return Object.fromEntries(pairs);
}

/**
 * A shell reads the command: quotes, variables and `cd` work as they do where it was typed. The shell itself outlives a
 * SIGTERM, which its programs get too: what is left when the shell ends is killed, and a program that drains needs its time.
 */
export function shell(command: string): { readonly command: string; readonly args: readonly string[] } {
  return { command: '/bin/sh', args: ['-c', `trap : TERM INT\n${command}`] };
}

/** Behind a relay only the port of gRPC can be asked. */
function readinessOf({ readiness }: PodManifest, port: number, hasOwnPort: boolean): ReadinessProbe {
  if (readiness !== undefined && (readiness.check.kind === 'grpc' || !hasOwnPort)) return readiness;
  return { ...(readiness ?? DEFAULT_TIMING), check: { kind: 'grpc', port, service: '' } };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
