// How one can tell that a cluster of Envoy serves gRPC, other than by how Envoy speaks to it.
import type { Placed } from '../../../manifest-reader/positions/placed';
import type { Chain } from '../chain';
import type { Container } from '../workload';
import type { EnvoyCluster } from './cluster';
import type { Envoy } from './envoy';
import { type EnvoyRoute, isMessage } from './listener';

const GRPC_PROTOCOLS = ['kubernetes.io/h2c', 'h2c', 'grpc'];
/** `grpc-web`, `grpc-gateway` and the like speak HTTP/1.1 as well. */
const GRPC_NAME = /(^|[-_.])grpc([-_.](?!(web|ui|gateway|gw|http|rest|json|admin|metrics)\b)|$)/i;
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
  const probed = chain
    .podsOf(service)
    .find(({ containers }) => ports.some(({ target }) => containers.some((each) => hasGrpcProbe(each, target.value))));
  return probed === undefined ? undefined : `the gRPC probe of ${probed.object.label} says so`;
}

/** A probe of Kubernetes on that port, by number or name, or the program that was used before there were any. */
function hasGrpcProbe({ at, ports }: Container, target: unknown): boolean {
  const port = ports.find(({ name, number }) => target === number || target === name);
  const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((name) => at.get(name));
  return probes.some((probe) => {
    if (port !== undefined && probe.get('grpc', 'port').value === port.number) return true;
    const command = probe
      .get('exec', 'command')
      .items()
      .map(({ value }) => String(value));
    const asks = /grpc_health_probe/.test(command.join(' '));
    return asks && port !== undefined && new RegExp(`:${port.number}\\b`).test(command.join(' '));
  });
}

/**
 * Clusters that calls of users go to: not those through which Envoy asks services of its own, such as its control plane,
 * authorisation or tracing.
 */
export function isForCalls(envoy: Envoy, { name }: EnvoyCluster): boolean {
  return routesTo(envoy, name).length > 0 || !ownServices(envoy.bootstrap).has(name);
}

const known = new WeakMap<Placed, ReadonlySet<string>>();

function ownServices(bootstrap: Placed): ReadonlySet<string> {
  const names = known.get(bootstrap) ?? new Set(namesOfOwnServices(bootstrap, ''));
  known.set(bootstrap, names);
  return names;
}

/** `envoy_grpc: { cluster_name }`, `http_uri: { cluster }`, … (core.v3.GrpcService, core.v3.HttpUri, trace.v3) */
function namesOfOwnServices(at: Placed, parent: string): readonly string[] {
  return at.entries().flatMap(([key, value]) => {
    const isName = (key === 'cluster_name' && parent === 'envoy_grpc') || key === 'collector_cluster';
    const isUri = key === 'cluster' && /_uri$|^uri$/.test(parent);
    const name = value.text();
    if ((isName || isUri) && name !== undefined) return [name];
    return [value, ...(Array.isArray(value.value) ? value.inner() : [])].flatMap((inner) =>
      namesOfOwnServices(inner, key),
    );
  });
}

export function routesTo(envoy: Envoy, cluster: string): readonly EnvoyRoute[] {
  return envoy.listeners
    .flatMap(({ managers }) => managers)
    .flatMap(({ routes }) => routes)
    .filter(({ clusters }) => clusters.some((name) => name.value === cluster));
}

/** A filter of gRPC where all routes lead to this cluster: others may lead to a web page. */
function hasGrpcFilter(envoy: Envoy, cluster: string): boolean {
  const managers = envoy.listeners.flatMap((listener) => listener.managers);
  return managers
    .filter(({ routes }) => {
      const names = new Set(routes.flatMap(({ clusters }) => clusters.map((name) => name.value)));
      return names.size === 1 && names.has(cluster);
    })
    .flatMap(({ at }) => at.get('http_filters').items())
    .map((filter) => filter.get('typed_config'))
    .some(
      (config) => GRPC_FILTERS.some((name) => isMessage(config, name)) && /grpc/.test(config.get('@type').text() ?? ''),
    );
}
