// The start of a local stack as a person sees it: step by step, each named, and stopped in order where one fails or where
// the person has had enough. What comes after the start is in run.ts.
import type { Machine } from '../command-line/machine';
import { createRunCommand } from '../command-line/run-command';
import { manifestsRoot, readManifests } from '../manifest-reader/manifests';
import { StartError } from '../runtime/errors';
import { aborted } from '../runtime/lifecycle';
import { buildServices } from './build';
import { describeSearch, findEnvoy } from './envoy/envoy-binary';
import type { EnvoyChange } from './envoy/envoy-config';
import { askedPolicyChange, loopbackChanges } from './envoy/envoy-overlay';
import type { LocalOptions } from './options';
import { describeOverlay } from './overlay-list';
import { assertFree } from './pods/addresses';
import type { PodEvent } from './pods/pod';
import { machineEnv } from './pods/pod-env';
import type { Progress } from './screen/progress';
import { createStack, ENVOY_ADDRESSES, SERVER_ADDRESSES, type Stack } from './stack';

export interface StartOptions {
  readonly options: LocalOptions;
  readonly machine: Machine;
  readonly progress: Progress;
  /** Ends the start; what has been started is stopped. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: PodEvent) => void;
  readonly onLine: (pod: string, line: string) => void;
}

/** Undefined when `signal` aborted it. @throws StartError when a step fails. Either way nothing is left running. */
export async function startStack(start: StartOptions): Promise<Stack | undefined> {
  const { options, machine, progress, signal } = start;
  const { env, root, nodePath, pid, platform, isAlive } = machine;
  const manifests = readManifests(manifestsRoot(env, root));
  await assertAddressesFree(options, manifests.server.ports, manifests.envoy.ports);

  const run = createRunCommand(env);
  const search = { version: manifests.envoyVersion, image: manifests.envoy.image, env, platform, run };
  const found = await findEnvoy({ ...search, log: (text) => progress.step('envoy', text) });
  if (!found.ok) throw new StartError(describeSearch(manifests.envoyVersion, found.tried));
  progress.step('envoy', `${found.envoy.version} from ${found.envoy.from}`);
  if (signal.aborted) return undefined;

  progress.step('build', 'compiling the services');
  if ((await buildServices({ root, run, pid, isAlive })) === 'current') progress.detail('nothing has changed since');
  if (signal.aborted) return undefined;

  const envoyChanges: EnvoyChange[] = options.policy === undefined ? [] : [askedPolicyChange(options.policy)];
  const stack = await createStack({
    manifests,
    envoy: found.envoy,
    root,
    nodePath,
    machineEnv: machineEnv(env),
    network: options.network,
    envoyChanges,
    onEvent: start.onEvent,
    onLine: start.onLine,
  });
  progress.step('dns', `answering on ${stack.dns.address} for ${manifests.services.length} Services`);
  if (options.verbose) {
    for (const { host, kind } of manifests.services) progress.detail(`${host} (${kind})`);
    progress.detail('what differs from the manifests:');
    const changes = [...loopbackChanges({ host: '', dns: stack.dns, platform }), ...envoyChanges];
    for (const line of describeOverlay(changes)) progress.detail(`- ${line}`);
  }
  try {
    progress.step('servers', `${options.servers} on ${options.network}.${SERVER_ADDRESSES.first} and up`);
    await Promise.race([stack.servers.scale(options.servers), aborted(signal)]);
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

type Ports = Readonly<Record<string, number>>;

/** Before anything that takes time: a taken port is the most likely trouble. */
async function assertAddressesFree(options: LocalOptions, serverPorts: Ports, envoyPorts: Ports): Promise<void> {
  const bindings = (first: number, count: number, ports: Ports) =>
    Array.from({ length: count }, (_, n) => ({ host: `${options.network}.${first + n}`, ports: Object.values(ports) }));
  await assertFree([
    ...bindings(ENVOY_ADDRESSES.first, options.envoys, envoyPorts),
    ...bindings(SERVER_ADDRESSES.first, options.servers, serverPorts),
  ]);
}
