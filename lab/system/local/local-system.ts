// The system under test as processes on loopback: puts the parts of this folder around one local stack. What an
// experiment does with it is not known here.
import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import { createRunCommand, type RunCommand } from '../../../command-line/run-command';
import { buildServices } from '../../../local/build';
import { describeSearch, type EnvoySource, findEnvoy } from '../../../local/envoy/envoy-binary';
import { envoyChanges } from '../../../local/envoy/settings-changes';
import type { PodEvent } from '../../../local/pods/pod';
import { machineEnv } from '../../../local/pods/pod-env';
import { type FoundPrometheus, findPrometheus } from '../../../local/prometheus/binary';
import { createStack } from '../../../local/stack';
import { readShippedPods } from '../../../manifest-reader/autoscaler';
import { type Manifests, manifestsRoot, readManifests, servicesOf } from '../../../manifest-reader/manifests';
import type { Variables } from '../../../manifest-reader/pod-manifest';
import { StartError } from '../../../runtime/errors';
import type { Tier } from '../../records/event';
import { beginSystem } from '../begin-system';
import type { Deadline, System } from '../system';
import type { SystemChange } from '../system-change';
import type { FactoryOptions, PreparedBackend, SystemFactory, SystemRun } from '../system-factory';
import { untilRouted } from '../until-routed';
import { withinDeadline } from '../wait-until';
import { deploymentOf, type LocalContext, tierOfPod } from './context';
import { createControls, labServerEnv } from './controls';
import { createEventRecording } from './event-recording';
import { createForeign } from './foreign';
import { createLoads } from './loads';
import { createMeters } from './meters';
import { createMetricsChain } from './metrics-chain';
import { createPods, createPodWaits } from './pods';

const START: Deadline = { withinMs: 60_000 };
const ROUTED_POLL_MS = 200;
/** Where the preStop hook gets no answer, so it gives up at once. */
const UNREACHABLE_ADMIN = { ENVOY_ADMIN_PORT: '1' };
/** Read by pre-stop.sh. */
const MOST_SECONDS = 'PRE_STOP_MOST_SECONDS';
const LOAD_STOP_MS = 10_000;
/** When the system closes, no caller waits for answers any more. */
const LOAD_CLOSE_MS = 3000;

/** Finds Envoy and compiles the services. */
export const createLocalSystem: SystemFactory = async (options): Promise<PreparedBackend> => {
  const { machine, say } = options;
  const { env, platform, root, pid, isAlive } = machine;
  const manifests = readManifests(manifestsRoot(env, root));
  const run = createRunCommand(env);
  const search = { version: manifests.envoyVersion, image: manifests.envoy.image, env, platform, run };
  const found = await findEnvoy({ ...search, log: say });
  if (!found.ok) throw new StartError(describeSearch(manifests.envoyVersion, found.tried));
  const { envoy } = found;
  const prometheus = await findPrometheus({ env, run });
  if ((await buildServices({ root, run, pid, isAlive })) === 'built') say('compiled the services');
  return {
    versions: { envoy: envoy.version, ...(prometheus.ok && { prometheus: prometheus.prometheus.version }) },
    missing: prometheus.ok ? {} : { prometheus: prometheus.missing },
    start: (systemRun) => startSystem(options, systemRun, { envoy, prometheus, run }),
  };
};

function changedManifests(manifests: Manifests, { readyPodsOnly }: SystemChange): Manifests {
  if (readyPodsOnly !== true) return manifests;
  return { ...manifests, services: manifests.services.map((service) => ({ ...service, publishesUnready: false })) };
}

interface Programs {
  readonly envoy: EnvoySource;
  readonly prometheus: FoundPrometheus;
  readonly run: RunCommand;
}

async function startSystem(
  { machine, network, say, signal: given }: FactoryOptions,
  { folder, recorder, change = {}, random }: SystemRun,
  { envoy, prometheus, run }: Programs,
): Promise<System> {
  const { env, root, nodePath } = machine;
  const yaml = manifestsRoot(env, root);
  const manifests = changedManifests(readManifests(yaml), change);
  const shipped = readShippedPods(yaml);
  const closing = new AbortController();
  const signal = AbortSignal.any([given, closing.signal]);
  // Those who hear of pods are made of the stack. It has no pods before they are here.
  const listeners: ((event: PodEvent) => void)[] = [];
  const stack = await createStack({
    manifests,
    envoy,
    root,
    nodePath,
    machineEnv: machineEnv(env),
    network,
    envoyChanges: envoyChanges(change.envoys ?? {}),
    serverEnv: labServerEnv(change.serverEnv ?? {}),
    preStopEnv: preStopEnv(change),
    random,
    onEvent: (event) => {
      for (const hear of listeners) hear(event);
    },
  });
  const recording = createEventRecording({
    recorder,
    tierOf: (pod) => tierOfPod({ stack }, pod),
    count: (tier) => {
      const deployment = deploymentOf({ stack }, tier);
      return {
        desired: deployment.replicas,
        ready: deployment.pods().filter(({ state }) => state === 'ready').length,
      };
    },
    publishesUnready: servicesOf(manifests, manifests.server.deployment).some(
      ({ kind, publishesUnready }) => kind === 'headless' && publishesUnready,
    ),
  });
  const hasContainers = envoy.kind === 'docker';
  const context: LocalContext = { stack, manifests, recorder, change, folder, hasContainers, run, signal };
  const foreign = createForeign({ context, place: { root, nodePath, env, run, say } });
  const loads = createLoads(context, foreign);
  const pods = createPods(context, recording);
  const podWaits = createPodWaits(context);
  const meters = createMeters(context, loads.pid);
  const metrics = createMetricsChain(context, {
    found: prometheus,
    manifestsRoot: yaml,
    machineEnv: machineEnv(env),
  });
  listeners.push(recording.onEvent, metrics.retarget);

  const readyEnvoys = () => stack.envoys.pods().filter(({ state }) => state === 'ready');
  const routedLook = { envoys: () => readyEnvoys().map(({ name }) => name), hosts: meters.hosts };
  const untilServersRouted = (servers: number, { withinMs }: Deadline) =>
    untilRouted(servers, routedLook, { withinMs, everyMs: ROUTED_POLL_MS, signal });
  const untilInService = async (tier: Tier, deadline: Deadline) => {
    await withinDeadline(`restart of ${tier}`, deploymentOf(context, tier).settled(), { ...deadline, signal });
    await untilServersRouted(stack.servers.replicas, deadline);
  };
  const controls = createControls({ context, hasLoads: () => !loads.isEmpty, roll: pods.roll, untilInService });

  const settle: System['settle'] = async ({ servers, envoys }, deadline) => {
    await loads.stopAll(LOAD_STOP_MS);
    await controls.reset();
    for (const [tier, count] of [
      ['grpc-server', servers],
      ['envoy', envoys],
    ] as const) {
      const deployment = deploymentOf(context, tier);
      if (deployment.replicas !== count) await pods.scale(tier, count);
      // No client calls, so nothing is lost by not waiting for pods that are leaving.
      for (const pod of deployment.pods()) if (pod.state === 'draining') void pod.destroy();
    }
    await podWaits.untilReady('grpc-server', servers, deadline);
    await podWaits.untilReady('envoy', envoys, deadline);
    if (envoys > 0) await untilServersRouted(servers, deadline);
  };

  const close = async () => {
    recording.end();
    closing.abort();
    await loads.stopAll(LOAD_CLOSE_MS);
    await Promise.all([stack.stop(), metrics.close()]);
    await rm(path.join(folder, 'ledgers'), { recursive: true, force: true });
  };
  const parts: System = {
    backend: 'local',
    shipped,
    ...pods,
    ...podWaits,
    ...meters,
    ...controls,
    ...metrics.meters,
    foreignPrograms: foreign.foreignPrograms,
    serveBy: (name, serverEnv, deadline) =>
      controls.replaceServers(name === undefined ? undefined : foreign.serverProgram(name), serverEnv, deadline),
    untilRouted: untilServersRouted,
    startLoad: loads.start,
    settle,
    close,
  };
  return beginSystem('the local system', parts, async () => {
    // Not by settle(): here a pod that does not start is the end, and not something to wait out.
    await withinDeadline('start of servers', stack.servers.scale(shipped.servers), { ...START, signal });
    await withinDeadline('start of Envoys', stack.envoys.scale(shipped.envoys), { ...START, signal });
    await settle(shipped, START);
  });
}

function preStopEnv({ envoyDrain, envoyDrainSeconds }: SystemChange): Variables {
  if (envoyDrain === false) return UNREACHABLE_ADMIN;
  return envoyDrainSeconds === undefined ? {} : { [MOST_SECONDS]: String(envoyDrainSeconds) };
}
