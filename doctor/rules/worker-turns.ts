// Each worker of Envoy takes turns by itself, without knowing of the others.
import type { Envoy, EnvoyPod } from '../chain/envoy/envoy';
import { enumName } from '../chain/envoy/proto-value';
import { workersOf } from '../chain/envoy/workers';
import { blind, envoySubject, found, type Observation, passed, type Rule } from './rule';

export const roundRobinWorkers: Rule = {
  code: 'GLB034',
  level: 'info',
  title: 'Round robin runs on several workers',
  harm:
    'each worker begins its own turn and has its own connections, so a few calls over a few connections reach some pods ' +
    'more often than others; the share evens out only over many calls',
  cure: '--concurrency 1 and more Envoy pods where the share must be exact; or accept it by a suppression',
  sources: [
    'https://github.com/envoyproxy/envoy/issues/2593',
    'https://github.com/emissary-ingress/emissary/issues/1567',
  ],
  check: (chain) => chain.envoys.filter(takesTurns).flatMap((envoy) => envoyObservations(envoy)),
};

function takesTurns({ clusters }: Envoy): boolean {
  return clusters.some(
    ({ at, discovery, endpoints }) =>
      (enumName(at.get('lb_policy'), ['ROUND_ROBIN']) ?? 'ROUND_ROBIN') === 'ROUND_ROBIN' &&
      at.get('load_balancing_policy').value === undefined &&
      (discovery === 'strict-dns' || endpoints.length > 1),
  );
}

function envoyObservations(envoy: Envoy): readonly Observation[] {
  if (envoy.pods.length === 0) {
    return [blind(envoySubject(envoy), 'the Deployment that runs this configuration, for its --concurrency')];
  }
  return envoy.pods.map((pod) => podObservation(envoy, pod));
}

function podObservation(envoy: Envoy, pod: EnvoyPod): Observation {
  const workers = workersOf(pod);
  const subject = { ...envoySubject(envoy), place: pod.workload.object.place };
  if (workers.count === undefined) return blind(subject, workers.needs);
  if (workers.count <= 1) return passed(subject);
  return found(subject, workers.at, `${workers.count} workers, because ${workers.because}`);
}
