// Who asks servers for grpc.health.v1: Envoy's health checks, and probes of pods.
import type { Chain } from './chain';
import { isHealthProbe } from './grpc-sign';

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

/** One sentence for each that asks. */
export function asksHealth(chain: Chain): readonly string[] {
  const envoys = chain.envoys.flatMap(({ clusters, label }) =>
    clusters
      .filter(({ at }) =>
        at
          .get('health_checks')
          .items()
          .some((check) => check.get('grpc_health_check').value !== undefined),
      )
      .map(({ name }) => `${label} checks cluster ${name}`),
  );
  const kubelet = chain.workloads.flatMap(({ object, containers }) =>
    containers.flatMap(({ at }) =>
      PROBES.filter((probe) => isHealthProbe(at.get(probe))).map((probe) => `${object.label} has it as ${probe}`),
    ),
  );
  return [...envoys, ...kubelet];
}
