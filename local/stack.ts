// The whole picture on loopback: DNS, servers, Envoys, clients, all from the manifests. Starts them in the order of
// dependence and ends them in the other. What is done with it, by a person or by an experiment, is not known here.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Manifests, servicesOf } from '../manifest-reader/manifests';
import type { Variables } from '../manifest-reader/pod-manifest';
import { type DnsServer, startDnsServer } from './dns/dns-server';
import type { EnvoySource } from './envoy/envoy-binary';
import type { EnvoyChange } from './envoy/envoy-config';
import { createAddressPool } from './pods/addresses';
import { type ClientOptions, type ClientProcess, startClientProcess } from './pods/client-process';
import { createDeployment, type Deployment, type PublishedAddresses } from './pods/deployment';
import { envoyBlueprint } from './pods/envoy-pod';
import { type ForeignProgram, startForeignClient } from './pods/foreign-client';
import { startOwnClient } from './pods/own-client';
import { ownProbe, ownServerBlueprint } from './pods/own-server';
import type { Pod, PodEvent } from './pods/pod';
import { podEnv } from './pods/pod-env';
import type { SignalGroup } from './pods/process';
import { probeOnce } from './pods/readiness';
import { startReaper } from './pods/reaper';
import { type Relay, startRelay } from './pods/relay';
import { serverBlueprint } from './pods/server-pod';

/** Programs of the reader's own in place of this project's. */
export interface OwnPrograms {
  /** Commands of a shell, with words in braces: own-server.ts and own-client.ts say which. */
  readonly server: string | undefined;
  readonly client: string | undefined;
  /** The environment of the reader. */
  readonly env: Variables;
  readonly signalGroup: SignalGroup;
  /** Called once, for the first server without grpc.health.v1. */
  readonly onNoHealth: () => void;
}

export interface StackOptions {
  readonly manifests: Manifests;
  readonly envoy: EnvoySource;
  /** The project's folder, with `dist/` built. */
  readonly root: string;
  /** The Node.js program that runs servers and clients. */
  readonly nodePath: string;
  /** What every process needs of the machine's environment. */
  readonly machineEnv: Variables;
  /** The /24 that addresses come from, `127.0.0`. */
  readonly network: string;
  readonly own?: OwnPrograms;
  /** Changes to envoy.yaml beyond those that loopback needs. */
  readonly envoyChanges?: readonly EnvoyChange[];
  /** Replaces values of the servers' manifest. */
  readonly serverEnv?: Variables;
  /** More variables for Envoy's preStop hook. */
  readonly preStopEnv?: Variables;
  /** Orders the records of DNS answers; default is Math.random. */
  readonly random?: () => number;
  /** Called for each change of a pod's state, after DNS has it. */
  readonly onEvent?: (event: PodEvent) => void;
  /** Called for each line that a server or an Envoy writes. */
  readonly onLine?: (pod: string, line: string) => void;
}

export interface Stack {
  readonly manifests: Manifests;
  readonly dns: DnsServer;
  readonly servers: Deployment;
  readonly envoys: Deployment;
  /** Where its files are; gone after `stop`. */
  readonly directory: string;
  /** What of envoy.yaml is changed beyond what loopback needs. */
  readonly envoyChanges: readonly EnvoyChange[];
  /** Replaces the extra changes to envoy.yaml, for Envoys that start from now on; `envoys.roll()` starts new ones. */
  setEnvoyChanges(changes: readonly EnvoyChange[]): void;
  /** Replaces the extra variables of servers, for those that start from now on. */
  setServerEnv(env: Variables): void;
  /** What servers run that start from now on, in place of this project's program; undefined is this one. */
  setServerProgram(program: ForeignProgram | undefined): void;
  /** Starts one more client; the first is `grpc-client-1` if it is given no name. */
  startClient(options?: ClientOptions): Promise<ClientProcess>;
  /** Ends clients in order, or `atOnce`, and then everything else at once. Nothing is left afterwards. */
  stop(how?: { readonly atOnce: boolean }): Promise<void>;
}

export const SERVER_ADDRESSES = { first: 11, last: 254 };
export const ENVOY_ADDRESSES = { first: 2, last: 9 };
/** Stands for the Envoys' name with a cluster IP, for clients that do not ask the DNS server of the stack. */
export const VIRTUAL_ADDRESS = 10;

/** Prepares a stack without any pod: `servers.scale(3)` and `envoys.scale(2)` start them. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const { manifests, network, machineEnv, root, nodePath, own } = options;
  let envoyChanges = options.envoyChanges ?? [];
  let serverEnv = options.serverEnv ?? {};
  let serverProgram: ForeignProgram | undefined;
  const reaper = startReaper();
  const directory = await mkdtemp(path.join(tmpdir(), 'grpc-load-balancing-'));
  // Envoy's container runs as another user.
  await chmod(directory, 0o755);
  reaper.watch({ kind: 'directory', path: directory });
  const dns = await startDnsServer(options.random && { random: options.random }).catch(async (thrown: unknown) => {
    await reaper.close();
    throw thrown;
  });
  for (const { host, kind } of manifests.services) dns.addService(host, kind);

  const context = {
    reaper,
    probe: probeOnce,
    onLine: (pod: string, line: string) => options.onLine?.(pod, line),
    onChange: ({ name, address, state }: Pod, detail: string | undefined) =>
      options.onEvent?.({ atMs: Date.now(), pod: name, address, state, detail }),
  };
  const publishFor =
    (deployment: string) =>
    ({ ready, all }: PublishedAddresses) => {
      for (const { host, publishesUnready } of servicesOf(manifests, deployment)) {
        dns.setAddresses(host, publishesUnready ? all : ready);
      }
    };
  const ourServer = () =>
    serverBlueprint({
      manifests,
      root,
      nodePath,
      machineEnv,
      get env() {
        return serverEnv;
      },
      get program() {
        return serverProgram;
      },
    });
  const servers = createDeployment({
    ...context,
    ...(own?.server === undefined
      ? { blueprint: ourServer() }
      : {
          blueprint: ownServerBlueprint({ ...own, command: own.server, manifests, reaper }),
          probe: ownProbe(own.onNoHealth),
        }),
    addresses: createAddressPool(network, SERVER_ADDRESSES.first, SERVER_ADDRESSES.last),
    publish: publishFor(manifests.server.deployment),
  });
  const envoys = createDeployment({
    ...context,
    blueprint: envoyBlueprint({
      manifests,
      envoy: options.envoy,
      dns,
      directory,
      machineEnv,
      get changes() {
        return envoyChanges;
      },
      env: options.preStopEnv ?? {},
      reaper,
    }),
    addresses: createAddressPool(network, ENVOY_ADDRESSES.first, ENVOY_ADDRESSES.last),
    publish: publishFor(manifests.envoy.deployment),
  });
  const clients: ClientProcess[] = [];
  let relay: Relay | undefined;
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await Promise.all(clients.map((client) => client.stop()));
    await relay?.close();
    await Promise.all([servers.close(), envoys.close()]);
    await dns.close();
    await rm(directory, { recursive: true, force: true });
    reaper.forget({ kind: 'directory', path: directory });
    await reaper.close();
  }

  /** Envoy's headless name, and the server that answers for it. */
  function dnsTarget(): string {
    const names = servicesOf(manifests, manifests.envoy.deployment);
    const headless = names.find(({ kind }) => kind === 'headless') ?? names[0];
    return `dns://${dns.address}/${headless?.host ?? ''}:${envoyPortOf(manifests)}`;
  }

  async function startOwn(own: OwnPrograms, command: string, name: string, how: ClientOptions): Promise<ClientProcess> {
    const port = envoyPortOf(manifests);
    const host = `${network}.${VIRTUAL_ADDRESS}`;
    const ready = () => envoys.pods().filter(({ state }) => state === 'ready');
    let turn = 0;
    relay ??= await startRelay({ host, port }, () => {
      const all = ready();
      const next = all[turn++ % all.length];
      return next && { host: next.address, port };
    });
    return startOwnClient({
      name,
      command,
      env: { ...own.env, ...podEnv(manifests.client, name, '127.0.0.1'), ...how.env },
      target: { host, port },
      targets: ready().map(({ address }) => `${address}:${port}`),
      dnsTarget: dnsTarget(),
      graceMs: manifests.client.terminationGraceMs,
      signalGroup: own.signalGroup,
      reaper,
      onCall: how.onCall,
      onLog: how.onLog,
    });
  }

  return {
    manifests,
    dns,
    servers,
    envoys,
    directory,
    get envoyChanges() {
      return envoyChanges;
    },
    setEnvoyChanges: (changes) => {
      envoyChanges = changes;
    },
    setServerEnv: (env) => {
      serverEnv = env;
    },
    setServerProgram: (program) => {
      serverProgram = program;
    },
    startClient: async (clientOptions = {}) => {
      const name = clientOptions.name ?? `${manifests.client.deployment}-${clients.length + 1}`;
      const ours = { manifest: manifests.client, root, nodePath, machineEnv, dnsServer: dns.address, reaper };
      const { program, onCall } = clientOptions;
      const { terminationGraceMs: graceMs } = manifests.client;
      const client = await (program !== undefined
        ? startForeignClient({ name, program, machineEnv, target: dnsTarget(), graceMs, reaper, onCall })
        : own?.client === undefined
          ? startClientProcess(name, clientOptions, ours)
          : startOwn(own, own.client, name, clientOptions));
      clients.push(client);
      return client;
    },
    stop: ({ atOnce } = { atOnce: false }) => {
      if (atOnce) for (const client of clients) client.signal('SIGKILL');
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The port on which Envoys take calls. */
export function envoyPortOf({ envoy: { ports } }: Manifests): number {
  return ports.grpc ?? Object.values(ports)[0] ?? 0;
}
