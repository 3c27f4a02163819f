// How an Envoy leaves, and how clients learn of new ones.
import { autoscalersOf } from '../chain/autoscaler';
import type { Chain } from '../chain/chain';
import type { Envoy, EnvoyPod } from '../chain/envoy/envoy';
import { type EnvoyListener, isLocal } from '../chain/envoy/listener';
import { valueOfFlag } from '../chain/envoy/workers';
import { commandText, onlySleepSeconds, preStopOf } from '../chain/pod-ending';
import type { Workload } from '../chain/workload';
import { grpcClusters } from './grpc-clusters';
import { blind, envoySubject, found, type Observation, passed, type Rule } from './rule';

/** Paths of the admin port that ask connections to go elsewhere. */
const DRAINS = /drain_listeners|healthcheck\/fail/;

export const undrainedEnvoy: Rule = {
  code: 'GLB033',
  level: 'warning',
  title: 'Envoy is not drained before it ends',
  harm:
    'at SIGTERM Envoy closes all connections at once: calls in flight fail at every roll and scale-down, and clients ' +
    'come back to it until their DNS has changed',
  cure:
    'a preStop that POSTs /healthcheck/fail and /drain_listeners?inboundonly&graceful&skip_exit to the admin port and ' +
    'waits until the connections have gone, --drain-time-s as long as that, and a longer terminationGracePeriodSeconds',
  sources: [
    'https://github.com/wso2/api-platform/pull/2122',
    'https://github.com/firebolt-db/firebolt-kubernetes-operator/pull/247',
  ],
  check: (chain) =>
    chain.envoys.filter(servesOthers).flatMap((envoy) => {
      if (envoy.pods.length === 0) return [blind(envoySubject(envoy), 'the Deployment that runs this configuration')];
      return envoy.pods.map((pod) => drainObservation(chain, envoy, pod));
    }),
};

/** A proxy beside one client leaves with it, and only that client's calls go through it. */
function servesOthers({ listeners, isDynamic }: Envoy): boolean {
  return isDynamic || listeners.some((listener) => !isLocal(listener));
}

function drainObservation(chain: Chain, envoy: Envoy, pod: EnvoyPod): Observation {
  const { container, workload } = pod;
  const subject = { ...envoySubject(envoy), label: workload.object.label, place: workload.object.place };
  const preStop = preStopOf(container);
  if (preStop === undefined) return found(subject, container.at, `container ${container.name} has no preStop`);
  if (onlySleepSeconds(preStop) !== undefined) {
    return found(subject, preStop, 'preStop only sleeps: new connections stay away, and those that are open are cut');
  }
  const path = preStop.get('httpGet', 'path').text();
  if (path !== undefined && DRAINS.test(path)) {
    return found(subject, preStop.get('httpGet'), `preStop asks for ${path} by GET, and the admin port wants POST`);
  }
  if (path !== undefined) return blind(subject, `what answers ${path}, which preStop asks for`);
  const command = commandText(preStop);
  const text = [command, ...mountedScripts(chain, pod, command)].join('\n');
  if (!DRAINS.test(text)) return blind(subject, `the text of what preStop runs: ${command}`);
  const drainTime = valueOfFlag(pod, '--drain-time-s');
  const endsAtOnce = /graceful/.test(text) && !/skip_exit/.test(text) && drainTime?.value === '0';
  return endsAtOnce ? found(subject, drainTime.at, 'a graceful drain of 0 s exits at once') : passed(subject);
}

/** Texts of ConfigMaps whose key is the name of a file that `command` names. */
function mountedScripts(chain: Chain, { workload }: EnvoyPod, command: string): readonly string[] {
  const files = command.split(/\s+/).map((word) => word.split('/').at(-1) ?? '');
  return chain
    .ofKind('ConfigMap')
    .filter(({ namespace }) => namespace === workload.object.namespace)
    .flatMap(({ at }) => at.get('data').entries())
    .filter(([key]) => files.includes(key))
    .map(([, text]) => text.text() ?? '');
}

export const endlessConnections: Rule = {
  code: 'GLB035',
  level: 'warning',
  title: "nothing ends the clients' connections",
  harm: 'a client keeps its connection to one Envoy for good: Envoys that an autoscaler adds get no calls',
  cure:
    'common_http_protocol_options: { max_connection_duration: 60s } with a jitter on the connection manager; ending is ' +
    'graceful',
  sources: ['https://github.com/envoyproxy/envoy/issues/15283', 'https://github.com/elixir-grpc/grpc/issues/355'],
  check: (chain) =>
    chain.envoys.flatMap((envoy) =>
      envoy.listeners
        .filter((listener) => takesGrpc(chain, envoy, listener))
        .map((listener) => connectionObservation(chain, envoy, listener)),
    ),
};

function takesGrpc(chain: Chain, envoy: Envoy, listener: EnvoyListener): boolean {
  if (isLocal(listener)) return false;
  const names = grpcClusters(chain, true)
    .filter((each) => each.envoy === envoy)
    .map(({ cluster }) => cluster.name);
  const routes = listener.managers.flatMap((manager) => manager.routes);
  return routes.some(({ clusters }) => clusters.some((name) => names.includes(String(name.value))));
}

function connectionObservation(chain: Chain, envoy: Envoy, { name, at, managers }: EnvoyListener): Observation {
  const subject = envoySubject(envoy, `listener ${name}`, at);
  const options = managers.map((manager) => manager.at.get('common_http_protocol_options'));
  const open = options.find((each) =>
    ['max_connection_duration', 'max_requests_per_connection'].every((key) => each.get(key).value === undefined),
  );
  if (open === undefined) return passed(subject);
  if (envoy.pods.length === 0)
    return blind(subject, 'the Deployment that runs this configuration: one Envoy is well so');
  if (envoy.pods.every(({ workload }) => isSingle(chain, workload))) return passed(subject);
  return found(subject, open, 'max_connection_duration is not set, and there is more than one Envoy');
}

function isSingle(chain: Chain, workload: Workload): boolean {
  const isScaled = autoscalersOf(chain, workload).length > 0;
  return !isScaled && (workload.replicas ?? 1) <= 1 && workload.object.kind !== 'DaemonSet';
}
