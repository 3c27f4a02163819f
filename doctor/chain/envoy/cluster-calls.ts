// Which calls go to a cluster of Envoy: those of users or its own, and whether they are gRPC.
import type { Placed } from '../../../manifest-reader/positions/placed';
import type { Chain } from '../chain';
import { dialledEvidence, isGrpcName } from '../grpc-sign';
import type { EnvoyCluster } from './cluster';
import type { Envoy } from './envoy';
import { type EnvoyRoute, isMessage } from './listener';

const GRPC_FILTERS = ['GrpcWeb', 'GrpcJsonTranscoder', 'FilterConfig'];

/** Envoy speaks HTTP/2 to it, or asks its health by gRPC. */
export function isGrpcCluster(cluster: EnvoyCluster): boolean {
  return cluster.http2 !== undefined || asksGrpcHealth(cluster);
}

function asksGrpcHealth({ at }: EnvoyCluster): boolean {
  const checks = at.get('health_checks').items();
  return checks.some((check) => check.get('grpc_health_check').value !== undefined);
}

/**
 * What says that a cluster serves gRPC, other than by how Envoy speaks to it: a sentence such as "its route matches gRPC",
 * or undefined when nothing does.
 */
export function clusterEvidence(chain: Chain, envoy: Envoy, cluster: EnvoyCluster): string | undefined {
  if (asksGrpcHealth(cluster)) return 'its health check is gRPC';
  if (routesTo(envoy, cluster.name).some(({ match }) => match.get('grpc').value !== undefined)) {
    return 'its route matches gRPC';
  }
  if (hasGrpcFilter(envoy, cluster.name)) return 'a gRPC filter is on its way';
  if (isGrpcName(cluster.name)) return 'its name says so';
  return cluster.endpoints
    .map(({ host, port }) => {
      const service = chain.serviceAt(host, envoy.namespace);
      return service === undefined ? undefined : dialledEvidence(chain, service, port);
    })
    .find((evidence) => evidence !== undefined);
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
