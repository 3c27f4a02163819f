// The system under test as pods of a cluster to which deploy-all.sh deployed it: puts the parts of this folder together,
// and takes everything back in the end. What an experiment does with it is not known here.
import { readAdapterRules } from '../../../manifest-reader/adapter-rules';
import { readShippedPods } from '../../../manifest-reader/autoscaler';
import { manifestsRoot, readManifests } from '../../../manifest-reader/manifests';
import { StartError } from '../../../runtime/errors';
import type { Tier } from '../../records/event';
import { beginSystem } from '../begin-system';
import { changedRules } from '../prometheus/changed-rules';
import { createPrometheusMeters } from '../prometheus/meters';
import type { Deadline, System } from '../system';
import type { FactoryOptions, PreparedBackend, SystemFactory, SystemRun } from '../system-factory';
import { untilRouted } from '../until-routed';
import { createApi } from './api';
import { startApiProxy } from './api-proxy';
import { createChanges } from './changes';
import type { ClusterContext } from './context';
import { createControls, type Outdated } from './controls';
import { createFaultClient } from './fault-client';
import { currentContext, type Kubectl, KubectlError, openKubectl } from './kubectl';
import { createLoads, removeLoadPods } from './loads';
import { createMeters } from './meters';
import { closeNetwork, openNetwork } from './network-policies';
import { CLIENT, TIERS } from './objects';
import { createPodVerbs } from './pod-verbs';
import { askPrometheus } from './prometheus';
import { createRenewal } from './renewal';
import { recordUntilEnd } from './run-recording';
import { createScaling, replicasPart } from './scaling';
import { takeBack } from './take-back';
import { watchTier } from './tier-watch';

const START: Deadline = { withinMs: 240_000 };
const ROUTED_POLL_MS = 250;
const LOAD_STOP_MS = 40_000;
/** When the system closes, no caller waits for answers any more. */
const LOAD_CLOSE_MS = 10_000;

/** Uses the context that LAB_CONTEXT names, else kubectl's current one. */
export const createClusterSystem: SystemFactory = async (options): Promise<PreparedBackend> => {
  const { machine, say } = options;
  const { env, root } = machine;
  const { kubectl, version } = await findCluster(env).catch((thrown: unknown) => {
    if (!(thrown instanceof KubectlError)) throw thrown;
    throw new StartError(`no cluster to run on: ${thrown.message}. Without one: --on local`, { cause: thrown });
  });
  say(`context ${kubectl.context}`);
  await assertDeployed(kubectl);
  const { envoyVersion } = readManifests(manifestsRoot(env, root));
  return {
    versions: { envoy: envoyVersion, kubernetes: (JSON.parse(version) as { gitVersion: string }).gitVersion },
    missing: {},
    start: (run) => startSystem(options, run, kubectl),
  };
};

async function findCluster(env: NodeJS.ProcessEnv): Promise<{ kubectl: Kubectl; version: string }> {
  const kubectl = await openKubectl(env.LAB_CONTEXT || (await currentContext(env)), env);
  return { kubectl, version: await kubectl.run(['get', '--raw', '/version']) };
}

async function assertDeployed(kubectl: Kubectl): Promise<void> {
  const wanted = [...TIERS, CLIENT.deployment];
  const path = ['get', 'deployments', '--all-namespaces', '--output=jsonpath={.items[*].metadata.name}'];
  const names = (await kubectl.run(path)).split(' ');
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new StartError(
    `context ${kubectl.context}: expected the Deployments ${wanted.join(', ')}, but ${missing.join(', ')} are missing; ` +
      `deploy first: ./deploy-all.sh --context ${kubectl.context}`,
  );
}

async function startSystem(
  { machine, say, signal: given }: FactoryOptions,
  { folder, recorder: runRecorder, change = {} }: SystemRun,
  kubectl: Kubectl,
): Promise<System> {
  const yaml = manifestsRoot(machine.env, machine.root);
  const manifests = readManifests(yaml);
  const shipped = readShippedPods(yaml);
  const recording = recordUntilEnd(runRecorder);
  const { recorder } = recording;
  const closing = new AbortController();
  const signal = AbortSignal.any([given, closing.signal]);
  const proxy = await startApiProxy(kubectl);
  const api = createApi(proxy.socketPath);
  const changes = createChanges(api);
  const scaling = createScaling(api, changes);
  const watches = Object.fromEntries(
    TIERS.map((tier) => [tier, watchTier(api, recorder, tier)]),
  ) as ClusterContext['watches'];
  const context: ClusterContext = { api, kubectl, recorder, changes, scaling, watches, change, folder, signal };
  const faults = createFaultClient(api);
  const renewal = createRenewal(api, watches);
  const lastLoads = new AbortController();
  const loads = createLoads(context, manifests, lastLoads.signal);
  const pods = createPodVerbs(context, faults);
  const controls = createControls(context, faults);
  const tierOf = (pod: string) => TIERS.find((tier) => watches[tier].pods().some(({ name }) => name === pod));
  const meters = createMeters({ api, recorder, tierOf, podOfLoad: loads.podOf });
  const prometheusMeters = createPrometheusMeters({
    ask: askPrometheus(api),
    rules: changedRules(readAdapterRules(yaml), change),
    recorder,
    podsOf: async (tier) => watches[tier].pods().map(({ name }) => name),
  });
  const idleClient = replicasPart(CLIENT.namespace, CLIENT.deployment);

  const readyEnvoys = () => watches.envoy.pods().filter(({ isReady, isDraining }) => isReady && !isDraining);
  const routedLook = { envoys: () => readyEnvoys().map(({ name }) => name), hosts: meters.hosts };
  const untilServersRouted: System['untilRouted'] = (servers, { withinMs }) =>
    untilRouted(servers, routedLook, { withinMs, everyMs: ROUTED_POLL_MS, signal });

  /** No client calls meanwhile, so nothing is lost by not waiting for pods that are leaving. */
  async function bring(
    counts: Parameters<System['settle']>[0],
    outdated: Outdated,
    { withinMs }: Deadline,
  ): Promise<void> {
    const options = { withinMs, signal };
    const bringTier = async (tier: Tier, count: number) => {
      await scaling.aim(tier, undefined);
      if ((await scaling.wanted(tier)) !== count) await pods.scale(tier, count);
      else await scaling.fix(tier, count);
      // A container that has crashed is restarted ever later when it does so again.
      const hasCrashed = watches[tier].pods().some(({ name }) => watches[tier].restarts(name) !== 0);
      if (outdated[tier] || hasCrashed) await renewal.renew(tier, count, options);
      await renewal.endDraining(tier, count, options);
      await pods.untilReady(tier, count, options);
    };
    await Promise.all([bringTier('grpc-server', counts.servers), bringTier('envoy', counts.envoys)]);
    if (counts.envoys > 0) await untilServersRouted(counts.servers, options);
  }

  const settle: System['settle'] = async (counts, deadline) => {
    await loads.stopAll(LOAD_STOP_MS);
    await bring(counts, await controls.reset(), deadline);
  };

  async function begin(): Promise<void> {
    await Promise.all(TIERS.map((tier) => watches[tier].started));
    await openNetwork(api);
    await removeLoadPods(api);
    // Its calls would belong to no load: they are in no ledger, and they take turns like all others.
    await changes.change(idleClient, () => 0);
    await bring(shipped, await controls.begin(), START);
  }

  const close = async () => {
    recording.end();
    closing.abort();
    await takeBack(kubectl.context, {
      loads: async () => {
        await loads.stopAll(LOAD_CLOSE_MS);
        lastLoads.abort();
        await removeLoadPods(api);
      },
      settings: () => controls.restore(),
      'numbers of pods': async () => {
        for (const [tier, least] of [
          ['grpc-server', shipped.servers],
          ['envoy', shipped.envoys],
        ] as const) {
          const bounds = await scaling.bounds(tier);
          await scaling.fix(tier, bounds?.min ?? least);
          await scaling.aim(tier, undefined);
          await scaling.release(tier);
        }
        await changes.restore(idleClient);
      },
      'network policies': () => closeNetwork(api),
    }).finally(async () => {
      await Promise.all(TIERS.map((tier) => watches[tier].close()));
      await proxy.close();
    });
  };

  const parts: System = {
    backend: 'cluster',
    shipped,
    ...pods,
    ...meters,
    ...prometheusMeters,
    injectFault: controls.injectFault,
    setDnsFault: controls.setDnsFault,
    configureEnvoys: controls.configureEnvoys,
    configureServers: controls.configureServers,
    setComponent: controls.setComponent,
    foreignPrograms: async () =>
      Promise.reject(new Error('cannot run clients or servers of other languages: no image')),
    serveBy: async () => Promise.reject(new Error('cannot run servers of other languages: no image')),
    untilRouted: untilServersRouted,
    startLoad: loads.start,
    settle,
    close,
  };
  say(`preparing the pods of context ${kubectl.context}`);
  return beginSystem("the cluster's system", parts, begin);
}
