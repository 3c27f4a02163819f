// Whether a gRPC pod that leaves goes on until everybody knows, and finishes before it is killed.
import type { Chain } from '../chain/chain';
import { grpcWorkloads, servingContainers } from '../chain/grpc';
import { type DrainSetting, drainSettings, graceSeconds, preStopOf, sleepSeconds } from '../chain/pod-ending';
import type { Container, Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

interface Serving {
  readonly workload: Workload;
  readonly container: Container;
}

/** Containers with gRPC; Envoys drain in ways of their own. */
function drainingContainers(chain: Chain): readonly Serving[] {
  const envoys = chain.envoys.flatMap(({ pods }) => pods.map(({ container }) => container));
  return grpcWorkloads(chain)
    .filter(({ workload: { object } }) => object.kind !== 'Job' && object.kind !== 'CronJob')
    .flatMap(({ workload }) => {
      const serving = servingContainers(chain, workload);
      const all = serving.length > 0 || workload.containers.length > 1 ? serving : workload.containers;
      return all
        .filter((container) => !envoys.includes(container) && !/envoy/.test(container.image))
        .map((container) => ({ workload, container }));
    });
}

export const suddenEnd: Rule = {
  code: 'GLB025',
  level: 'info',
  title: 'Nothing in the manifest makes a leaving pod wait',
  harm:
    'SIGTERM comes while callers still have the address: a program that stops listening at once, as most libraries do, ' +
    'refuses their calls for a second or more at each roll and scale-down',
  cure: 'lifecycle.preStop: { sleep: { seconds: 10 } }, or a program that says NOT_SERVING and serves on for a while',
  sources: [
    'https://github.com/spring-projects/spring-boot/pull/48936',
    'https://github.com/dapr/dapr/issues/5481',
    'https://github.com/kubernetes/dns/issues/332',
  ],
  check: (chain) =>
    drainingContainers(chain).map(({ workload, container }) => {
      const subject = objectSubject(workload.object);
      if (preStopOf(container) !== undefined || drainSettings(container).length > 0) return passed(subject);
      const says = `container ${container.name} has no preStop, and no setting that names a drain`;
      return found(subject, container.at, says);
    }),
};

export const shortGrace: Rule = {
  code: 'GLB026',
  level: 'warning',
  title: 'A pod is killed before it has drained',
  harm: 'preStop and the drain share one grace period; when it ends the pod is killed, and calls in flight fail',
  cure: 'terminationGracePeriodSeconds longer than preStop, the drain and the longest call together',
  sources: [
    'https://github.com/kubernetes/website/pull/55453',
    'https://github.com/spring-projects/spring-boot/issues/26469',
    'https://github.com/Kuadrant/mcp-gateway/pull/1414',
  ],
  check: (chain) =>
    drainingContainers(chain).flatMap(({ workload, container }) => graceObservation(workload, container)),
};

function graceObservation(workload: Workload, container: Container): readonly Observation[] {
  const subject = objectSubject(workload.object);
  const grace = graceSeconds(workload);
  const preStop = preStopOf(container);
  const slept = preStop === undefined ? 0 : sleepSeconds(preStop);
  const drain = longest(drainSettings(container));
  const at = workload.podSpec.get('terminationGracePeriodSeconds');
  if (grace === 0) return [found(subject, at, 'terminationGracePeriodSeconds is 0')];
  if (preStop === undefined && drain === undefined) return [];
  if (slept === undefined) return [blind(subject, `how long preStop of container ${container.name} takes`)];
  const total = slept + (drain?.seconds ?? 0);
  // A drain may end sooner than its setting; a sleep does not.
  if (slept < grace && total <= grace) return [passed(subject)];
  const parts = [
    ...(preStop === undefined ? [] : [`preStop sleeps ${slept} s`]),
    ...(drain === undefined ? [] : [`${drain.name} is ${drain.seconds} s`]),
  ];
  const kept = at.value === undefined ? `the grace period is ${grace} s by default` : `the grace period is ${grace} s`;
  return [found(subject, preStop ?? drain?.at ?? at, `${parts.join(', ')}, and ${kept}`)];
}

function longest(settings: readonly DrainSetting[]): (DrainSetting & { readonly seconds: number }) | undefined {
  const known = settings.flatMap((each) => (each.seconds === undefined ? [] : [{ ...each, seconds: each.seconds }]));
  return known.sort((a, b) => b.seconds - a.seconds)[0];
}
