// How one can tell that a cluster of Envoy serves gRPC, other than by how Envoy speaks to it.
import type { Chain } from '../chain';
import type { EnvoyCluster } from './cluster';
import type { Envoy } from './envoy';
import { type EnvoyRoute, isMessage } from './listener';

const GRPC_PROTOCOLS = ['kubernetes.io/h2c', 'h2c', 'grpc'];
const GRPC_NAME = /(^|[-_.])grpc([-_.]|$)/i;
const GRPC_FILTERS = ['GrpcWeb', 'GrpcJsonTranscoder', 'FilterConfig'];

/** A sentence such as "its route matches gRPC", or undefined when nothing says so. */
export function grpcEvidence(chain: Chain, envoy: Envoy, cluster: EnvoyCluster): string | undefined {
  if (
    cluster.at
      .get('health_checks')
      .items()
      .some((check) => check.get('grpc_health_check').value !== undefined)
  ) {
    return 'its health check is gRPC';
  }
  if (routesTo(envoy, cluster.name).some(({ match }) => match.get('grpc').value !== undefined)) {
    return 'its route matches gRPC';
  }
  if (hasGrpcFilter(envoy, cluster.name)) return 'a gRPC filter is on its way';
  if (GRPC_NAME.test(cluster.name)) return 'its name says so';
  for (const { host, port } of cluster.endpoints) {
    const service = chain.serviceAt(host, envoy.namespace);
    if (service === undefined) continue;
    const evidence = servicePortEvidence(chain, service, port);
    if (evidence !== undefined) return evidence;
  }
  return undefined;
}

/** What says that a Service's port is gRPC. */
export function servicePortEvidence(
  chain: Chain,
  service: Chain['services'][number],
  dialled: number | undefined,
): string | undefined {
  const ports = service.ports.filter(({ number, target }) => number === dialled || target.value === dialled);
  const named = ports.find(({ name, appProtocol }) => {
    return GRPC_PROTOCOLS.includes(appProtocol ?? '') || GRPC_NAME.test(name ?? '');
  });
  if (named !== undefined) return `port ${named.number} of ${service.object.label} says so`;
  const targets = ports.map(({ target }) => target.value);
  const probed = chain.podsOf(service).find(({ containers }) =>
    containers.some(({ at, ports: own }) => {
      const probe = ['startupProbe', 'readinessProbe', 'livenessProbe'].map(
        (name) => at.get(name, 'grpc', 'port').value,
      );
      const port = own.find(({ name, number }) => targets.includes(number) || targets.includes(name));
      return port !== undefined && probe.includes(port.number);
    }),
  );
  return probed === undefined ? undefined : `the gRPC probe of ${probed.object.label} says so`;
}

export function routesTo(envoy: Envoy, cluster: string): readonly EnvoyRoute[] {
  return envoy.listeners
    .flatMap(({ managers }) => managers)
    .flatMap(({ routes }) => routes)
    .filter(({ clusters }) => clusters.some((name) => name.value === cluster));
}

function hasGrpcFilter(envoy: Envoy, cluster: string): boolean {
  const managers = envoy.listeners.flatMap((listener) => listener.managers);
  return managers
    .filter(({ routes }) => routes.some(({ clusters }) => clusters.some((name) => name.value === cluster)))
    .flatMap(({ at }) => at.get('http_filters').items())
    .map((filter) => filter.get('typed_config'))
    .some(
      (config) => GRPC_FILTERS.some((name) => isMessage(config, name)) && /grpc/.test(config.get('@type').text() ?? ''),
    );
}
