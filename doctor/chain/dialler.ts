// The clusters of Envoy that dial a Service by its name.
import type { Chain } from './chain';
import type { EnvoyCluster } from './envoy/cluster';
import type { Envoy } from './envoy/envoy';
import type { Service } from './service';

export interface Dialler {
  readonly envoy: Envoy;
  readonly cluster: EnvoyCluster;
}

export function diallersOf(chain: Chain, service: Service): readonly Dialler[] {
  return chain.envoys.flatMap((envoy) =>
    envoy.clusters
      .filter(({ endpoints }) => endpoints.some(({ host }) => chain.serviceAt(host, envoy.namespace) === service))
      .map((cluster) => ({ envoy, cluster })),
  );
}
