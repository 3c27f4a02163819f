// The start of a local stack as a person sees it: step by step, each named, and stopped in order where one fails or where
// the person has had enough. What comes after the start is in run.ts.
import type { Machine } from '../command-line/machine';
import { createRunCommand } from '../command-line/run-command';
import type { Manifests } from '../manifest-reader/manifests';
import type { Variables } from '../manifest-reader/pod-manifest';
import { StartError, toError } from '../runtime/errors';
import { aborted } from '../runtime/lifecycle';
import { buildServices } from './build';
import { describeSearch, findEnvoy } from './envoy/envoy-binary';
import type { EnvoyChange } from './envoy/envoy-config';
import { loopbackChanges } from './envoy/envoy-overlay';
import { CONNECTION_IS_HEALTH } from './envoy/own-service';
import { envoyChangesFor, isShipped } from './local-manifests';
import type { LocalOptions } from './options';
import { describeOverlay } from './overlay-list';
import { assertFree } from './pods/addresses';
import { grpcPortOf, hasOwnPorts, whyIndistinct } from './pods/own-server';
import type { PodEvent } from './pods/pod';
import { machineEnv, readersEnv } from './pods/pod-env';
import type { SignalGroup } from './pods/process';
import { accepts } from './pods/readiness';
import type { Progress } from './screen/progress';
import { createStack, ENVOY_ADDRESSES, envoyPortOf, SERVER_ADDRESSES, type Stack, VIRTUAL_ADDRESS } from './stack';

export interface StartOptions {
  readonly options: LocalOptions;
  readonly machine: Machine;
  readonly manifests: Manifests;
  readonly signalGroup: SignalGroup;
  /** More variables for this project's own servers. */
  readonly serverEnv: Variables;
  readonly progress: Progress;
  /** Ends the start; what has been started is stopped. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: PodEvent) => void;
  readonly onLine: (pod: string, line: string) => void;
}

/** Undefined when `signal` aborted it. @throws StartError when a step fails. Either way nothing is left running. */
export async function startStack(start: StartOptions): Promise<Stack | undefined> {
  const { options, machine, manifests, progress, signal } = start;
  const { env, root, nodePath, pid, platform, isAlive } = machine;
  await assertAddressesFree(options, manifests);

  const run = createRunCommand(env);
  const search = { version: manifests.envoyVersion, image: manifests.envoy.image, env, platform, run };
  const found = await findEnvoy({ ...search, log: (text) => progress.step('envoy', text) });
  if (!found.ok) throw new StartError(describeSearch(manifests.envoyVersion, found.tried));
  progress.step('envoy', `${found.envoy.version} from ${found.envoy.from}`);
  if (signal.aborted) return undefined;

  if (options.server === undefined || options.client === undefined) {
    progress.step('build', 'compiling the services');
    if ((await buildServices({ root, run, pid, isAlive })) === 'current') progress.detail('nothing has changed since');
    if (signal.aborted) return undefined;
  }

  let envoyChanges: readonly EnvoyChange[] = envoyChangesFor(options, manifests, env);
  let hasHealth = true;
  const stack = await createStack({
    manifests,
    envoy: found.envoy,
    root,
    nodePath,
    machineEnv: machineEnv(env),
    network: options.network,
    own: {
      server: options.server,
      client: options.client,
      env: readersEnv(env),
      signalGroup: start.signalGroup,
      onNoHealth: () => {
        hasHealth = false;
      },
    },
    envoyChanges,
    serverEnv: start.serverEnv,
    onEvent: start.onEvent,
    onLine: start.onLine,
  });
  progress.step('dns', `answering on ${stack.dns.address} for ${manifests.services.length} Services`);
  try {
    await Promise.race([startServers(stack, start), aborted(signal)]);
    if (!signal.aborted && !hasHealth) {
      progress.step('servers', 'have no grpc.health.v1: each counts as ready once it answers gRPC');
      if (isShipped(options, env)) envoyChanges = [...envoyChanges, CONNECTION_IS_HEALTH];
      stack.setEnvoyChanges(envoyChanges);
    }
    describeChanges(stack, start, envoyChanges);
    if (!signal.aborted) {
      progress.step('envoys', `${options.envoys} on ${options.network}.${ENVOY_ADDRESSES.first} and up`);
      await Promise.race([stack.envoys.scale(options.envoys), aborted(signal)]);
    }
  } catch (thrown) {
    await stack.stop();
    throw thrown;
  }
  if (!signal.aborted) return stack;
  await stack.stop();
  return undefined;
}

const LOOPBACK = '127.0.0.1';
const QUICK_MS = 1000;
const IN_USE = /EADDRINUSE|already in use|address in use/i;

/** @throws StartError also where a program of the reader's own listens on every address instead of the one it was given */
async function startServers({ manifests, servers }: Stack, { options, progress }: StartOptions): Promise<void> {
  const { server: command, servers: count, network } = options;
  const where = `${count} on ${network}.${SERVER_ADDRESSES.first} and up`;
  progress.step('servers', command === undefined ? where : `${where}: ${command}`);
  if (command === undefined || hasOwnPorts(command)) return servers.scale(count);
  const port = grpcPortOf(manifests);
  const isTaken = () => accepts(LOOPBACK, port, QUICK_MS);
  const wasTaken = await isTaken();
  const failure = await servers.scale(count).then(() => undefined, toError);
  // Another stack may hold the port on its own addresses: then each of them failed, and none listens.
  const wasRefused = failure !== undefined && IN_USE.test(failure.message);
  if (wasRefused || (!wasTaken && (await isTaken()))) {
    throw new StartError([failure?.message, whyIndistinct(port)].filter((text) => text !== undefined).join('\n'));
  }
  if (failure !== undefined) throw failure;
}

function describeChanges(
  { dns, manifests }: Stack,
  { options, machine, progress }: StartOptions,
  envoyChanges: readonly EnvoyChange[],
): void {
  if (options.server !== undefined) {
    for (const { description } of envoyChanges) progress.step('envoy.yaml', description);
  }
  if (!options.verbose) return;
  for (const { host, kind } of manifests.services) progress.detail(`${host} (${kind})`);
  progress.detail('what differs from the manifests:');
  const changes = [...loopbackChanges({ host: '', dns, platform: machine.platform }), ...envoyChanges];
  const ours = { server: options.server === undefined, client: options.client === undefined };
  for (const line of describeOverlay(changes, ours)) progress.detail(`- ${line}`);
}

/** Before anything that takes time: a taken port is the most likely trouble. */
async function assertAddressesFree(options: LocalOptions, manifests: Manifests): Promise<void> {
  const { network, servers, envoys, server, client } = options;
  const bindings = (first: number, count: number, ports: readonly number[]) =>
    Array.from({ length: count }, (_, n) => ({ host: `${network}.${first + n}`, ports }));
  await assertFree([
    ...bindings(ENVOY_ADDRESSES.first, envoys, Object.values(manifests.envoy.ports)),
    ...(client === undefined ? [] : bindings(VIRTUAL_ADDRESS, 1, [envoyPortOf(manifests)])),
    ...bindings(
      SERVER_ADDRESSES.first,
      servers,
      server === undefined ? Object.values(manifests.server.ports) : [grpcPortOf(manifests)],
    ),
  ]);
}
