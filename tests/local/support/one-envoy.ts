// One real Envoy with the shipped configuration, in front of greeter pods that a test scripts: as small as a stack can be
// that still shows what Envoy makes of a setting. Owns the processes and sockets, and takes them away again.
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { createRunCommand } from '../../../command-line/run-command';
import { startDnsServer } from '../../../local/dns/dns-server';
import { describeSearch, type EnvoySource, findEnvoy } from '../../../local/envoy/envoy-binary';
import type { EnvoyChange } from '../../../local/envoy/envoy-config';
import { envoyBlueprint } from '../../../local/pods/envoy-pod';
import { machineEnv } from '../../../local/pods/pod-env';
import { type RunningProcess, startProcess } from '../../../local/pods/process';
import { startReaper } from '../../../local/pods/reaper';
import { type Manifests, manifestsRoot, readManifests, servicesOf } from '../../../manifest-reader/manifests';
import type { GreeterHandlers } from '../../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../../proto/load';
import { waitFor } from '../../support/condition';

const ROOT = path.join(__dirname, '../../..');

export type FoundEnvoy = { readonly envoy: EnvoySource } | { readonly reason: string };

export const MANIFESTS: Manifests = readManifests(manifestsRoot(process.env, ROOT));

/** The Envoy that the manifests pin, or why there is none here. */
export async function lookForEnvoy(): Promise<FoundEnvoy> {
  const { envoyVersion: version, envoy: pod } = MANIFESTS;
  const found = await findEnvoy({
    version,
    image: pod.image,
    env: process.env,
    platform: process.platform,
    run: createRunCommand(process.env),
    log: () => {},
  });
  return found.ok ? { envoy: found.envoy } : { reason: describeSearch(version, found.tried) };
}

export interface GreeterPod {
  readonly address: string;
  /** What '' and the greeter answer to health checks. */
  setServing(isServing: boolean): void;
  stop(): void;
}

/** Starts what plays a server pod on an address of its own; resolves when it serves there. */
export type StartPod<Pod> = (host: string, port: number) => Promise<Pod>;

/** A service beside the greeter that a scripted pod has. */
export interface MoreService {
  readonly service: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

export interface OneEnvoy {
  /** Where calls go: `host:port`. */
  readonly target: string;
  readonly host: string;
  readonly process: RunningProcess;
  /** Starts a scripted greeter and puts it into DNS; resolves when Envoy counts it among the healthy. */
  addPod(handlers: GreeterHandlers, more?: MoreService): Promise<GreeterPod>;
  /** The same with any server that passes the health check; `stop` is called when Envoy is closed. */
  addServer<Pod extends { stop(): void }>(start: StartPod<Pod>): Promise<Pod>;
  /** Starts a greeter that does not have grpc.health.v1, and puts it into DNS; resolves when DNS has it. */
  addPodWithoutHealth(handlers: GreeterHandlers): Promise<void>;
  /** Takes every pod out of DNS, so that the name does not exist. */
  emptyDns(): void;
  /** Runs the hook of the manifest to its end; an error if it failed, with what it wrote to the log. */
  preStop(): Promise<{ readonly error: Error | undefined }>;
  close(): Promise<void>;
}

/**
 * Starts Envoy as pod `envoy-1` on `network`.2, with DNS on `network`.1 and pods from `network`.11 on.
 * @param manifests where its configuration comes from; ports and names equal those of the shipped ones
 */
export async function startOneEnvoy(
  envoy: EnvoySource,
  network: string,
  hookEnv: Readonly<Record<string, string>> = {},
  changes: readonly EnvoyChange[] = [],
  manifests: Manifests = MANIFESTS,
): Promise<OneEnvoy> {
  const host = `${network}.2`;
  const reaper = startReaper();
  const directory = await mkdtemp(path.join(tmpdir(), 'one-envoy-'));
  const dns = await startDnsServer({ host: `${network}.1` });
  const headless = servicesOf(manifests, 'grpc-server').find(({ kind }) => kind === 'headless');
  const service = headless?.host ?? '';
  dns.addService(service, 'headless');
  const blueprint = envoyBlueprint({
    manifests,
    envoy,
    dns,
    directory,
    machineEnv: machineEnv(process.env),
    changes,
    env: hookEnv,
    reaper,
  });
  const running = await startProcess(await blueprint.prepare('envoy-1', host), reaper);
  const pods: { stop(): void }[] = [];
  const { grpc: podPort } = manifests.server.ports;
  if (podPort === undefined) throw new Error('the manifests name no port grpc of the servers');
  const publish = async <Pod extends { stop(): void }>(start: StartPod<Pod>): Promise<Pod> => {
    const address = `${network}.${11 + pods.length}`;
    const pod = await start(address, podPort);
    pods.push(pod);
    dns.setAddresses(service, [...dns.addresses(service), address]);
    return pod;
  };
  const addServer = async <Pod extends { stop(): void }>(start: StartPod<Pod>): Promise<Pod> => {
    const pod = await publish(start);
    await untilHealthy(host, pods.length);
    return pod;
  };
  await waitFor('Envoy is ready', 60_000, () => answers(host, '/ready'), 50);
  return {
    target: `${host}:${MANIFESTS.envoy.ports.grpc}`,
    host,
    process: running,
    addPod: (handlers, more) => addServer((address, port) => startGreeter(address, port, handlers, { more })),
    addServer,
    addPodWithoutHealth: async (handlers) => {
      await publish((address, port) => startGreeter(address, port, handlers, { hasHealth: false }));
    },
    emptyDns: () => dns.setAddresses(service, []),
    preStop: async () => {
      try {
        await blueprint.preStop?.('envoy-1', host);
        return { error: undefined };
      } catch (thrown) {
        return { error: thrown as Error };
      }
    },
    close: async () => {
      running.signal('SIGKILL');
      await running.exited;
      for (const pod of pods) pod.stop();
      await dns.close();
      await reaper.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One HTTP request to the statistics port; the status and the body. */
export function httpRequest(
  host: string,
  path_: string,
  { method = 'GET', port = MANIFESTS.envoy.ports['http-metrics'] } = {},
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path: path_, method, timeout: 5000 }, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`${path_}: no answer within 5 s`)));
    sent.on('error', reject);
    sent.end();
  });
}

export async function statistics(host: string): Promise<string> {
  return (await httpRequest(host, '/stats/prometheus')).body;
}

/** A counter or gauge of cluster `greeter`, by the last part of its name. */
export async function greeterStatistic(host: string, name: string): Promise<number> {
  const line = new RegExp(`^envoy_cluster_${name}\\{envoy_cluster_name="greeter"\\} (\\d+)$`, 'm');
  const value = line.exec(await statistics(host))?.[1];
  if (value === undefined) throw new Error(`Envoy has no envoy_cluster_${name} of cluster greeter`);
  return Number(value);
}

export async function untilHealthy(host: string, pods: number): Promise<void> {
  const look = async () => (await greeterStatistic(host, 'membership_healthy')) === pods || undefined;
  await waitFor(`${pods} healthy pods`, 60_000, look, 50);
}

async function answers(host: string, path_: string): Promise<true | undefined> {
  return (await httpRequest(host, path_)).status === 200 ? true : undefined;
}

async function startGreeter(
  address: string,
  port: number,
  handlers: GreeterHandlers,
  { more, hasHealth = true }: { readonly more?: MoreService | undefined; readonly hasHealth?: boolean },
): Promise<GreeterPod> {
  const server = new Server();
  const health = new HealthImplementation({ '': 'SERVING' });
  if (hasHealth) health.addToServer(server);
  server.addService(Greeter.service, handlers);
  if (more !== undefined) server.addService(more.service, more.handlers);
  await new Promise<void>((resolve, reject) => {
    const done = (error: ServiceError | Error | null) => (error === null ? resolve() : reject(error));
    server.bindAsync(`${address}:${port}`, ServerCredentials.createInsecure(), done);
  });
  return {
    address,
    setServing: (isServing) => health.setStatus('', isServing ? 'SERVING' : 'NOT_SERVING'),
    stop: () => server.forceShutdown(),
  };
}
