// Clusters and listeners on the way of gRPC calls: what speaks HTTP/2, and what passes bytes on without seeing calls.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import type { EnvoyCluster } from '../chain/envoy/cluster';
import { clusterEvidence, isForCalls } from '../chain/envoy/cluster-calls';
import { clusterNamed, type Envoy } from '../chain/envoy/envoy';
import { dialledEvidence } from '../chain/grpc-sign';
import { serviceName } from '../chain/service';
import type { Workload } from '../chain/workload';
import { blind, envoySubject, found, type Observation, objectSubject, passed, type Rule } from './rule';

export interface GrpcCluster {
  readonly envoy: Envoy;
  readonly cluster: EnvoyCluster;
  /** Why it is known to serve gRPC. */
  readonly evidence: string;
}

/** Clusters that serve gRPC calls of users, as far as the input tells. @param orHttp2 HTTP/2 towards the hosts is enough to tell */
export function grpcClusters(chain: Chain, orHttp2: boolean): readonly GrpcCluster[] {
  return chain.envoys.flatMap((envoy) =>
    envoy.clusters
      .filter((cluster) => isForCalls(envoy, cluster))
      .flatMap((cluster) => {
        const http2 = orHttp2 && cluster.http2 !== undefined ? 'it speaks HTTP/2' : undefined;
        const evidence = clusterEvidence(chain, envoy, cluster) ?? http2;
        return evidence === undefined ? [] : [{ envoy, cluster, evidence }];
      }),
  );
}

/** Those of them whose hosts come and go with DNS. */
export function dnsGrpcClusters(chain: Chain): readonly GrpcCluster[] {
  return grpcClusters(chain, true).filter(({ cluster }) => cluster.discovery === 'strict-dns');
}

export function clusterSubject({ envoy, cluster }: Pick<GrpcCluster, 'envoy' | 'cluster'>) {
  return envoySubject(envoy, `cluster ${cluster.name}`, cluster.at);
}

export const http1Upstream: Rule = {
  code: 'GLB003',
  level: 'error',
  title: 'Envoy speaks HTTP/1.1 to gRPC servers',
  harm: 'a gRPC server takes HTTP/1.1 for garbage and closes the connection: every call fails with UNAVAILABLE',
  cure:
    'typed_extension_protocol_options → envoy.extensions.upstreams.http.v3.HttpProtocolOptions → ' +
    'explicit_http_config: { http2_protocol_options: {} }',
  sources: [
    'https://github.com/projectcontour/contour/issues/152',
    'https://github.com/envoyproxy/gateway/issues/8648',
  ],
  check: (chain) =>
    grpcClusters(chain, false).map(({ envoy, cluster, evidence }) => {
      const subject = clusterSubject({ envoy, cluster });
      if (cluster.http2 !== undefined) return passed(subject);
      return found(subject, cluster.at, `cluster ${cluster.name} serves gRPC (${evidence}) and asks for no HTTP/2`);
    }),
};

export const bytesToGrpc: Rule = {
  code: 'GLB004',
  level: 'error',
  title: 'Envoy passes connections on to gRPC servers instead of calls',
  harm: 'tcp_proxy chooses a pod once per connection, and gRPC keeps one: each client stays on one pod',
  cure: 'an HTTP connection manager with a route to the cluster, and HTTP/2 towards the hosts',
  sources: ['https://github.com/emissary-ingress/emissary/issues/326'],
  check: (chain) =>
    chain.envoys.flatMap((envoy) =>
      envoy.listeners.flatMap((listener) =>
        listener.tcpProxies.flatMap((proxy) =>
          targetsOf(proxy).flatMap((target) => tcpObservation(chain, envoy, listener.name, target)),
        ),
      ),
    ),
};

function targetsOf(proxy: Placed): readonly Placed[] {
  const weighted = proxy.get('weighted_clusters', 'clusters').items();
  const names = [proxy.get('cluster'), ...weighted.map((cluster) => cluster.get('name'))];
  return names.filter((name) => name.text() !== undefined);
}

function tcpObservation(chain: Chain, envoy: Envoy, listener: string, target: Placed): readonly Observation[] {
  const subject = envoySubject(envoy, `listener ${listener}`, target);
  const cluster = clusterNamed(envoy, target.value);
  if (cluster === undefined) return [blind(subject, `the cluster ${target.value}`)];
  const evidence = clusterEvidence(chain, envoy, cluster) ?? (cluster.http2 && 'it asks for HTTP/2');
  if (evidence !== undefined) {
    return [found(subject, target, `tcp_proxy sends to cluster ${cluster.name}, which serves gRPC (${evidence})`)];
  }
  const hosts = cluster.endpoints.map(({ host }) => host);
  const unknown = hosts.find(
    (host) =>
      serviceName(host, envoy.namespace ?? '') !== undefined && chain.serviceAt(host, envoy.namespace) === undefined,
  );
  if (unknown !== undefined) return [blind(subject, `what says whether ${unknown} serves gRPC`)];
  return [passed(subject)];
}

/** Images of proxies that see calls, so that a Service in front of them is not the last hop. */
const PROXY = /(^|[/-])(envoy|proxyv2|nginx|ingress|traefik|haproxy|contour|kong|emissary|ambassador|gateway|caddy)/;

export const loadBalancerService: Rule = {
  code: 'GLB040',
  level: 'warning',
  title: 'a load balancer of connections is the last hop before gRPC pods',
  harm: 'a Service of type LoadBalancer chooses a pod once per connection, and gRPC keeps one: each client stays on one pod',
  cure: 'let it select the pods of a proxy that sees calls (Envoy), and let the proxy dial a headless Service',
  sources: [
    'https://github.com/pravega/pravega-operator/issues/142',
    'https://github.com/openimsdk/open-im-server/issues/2164',
  ],
  check: (chain) =>
    chain.services
      .filter(({ type }) => type === 'LoadBalancer')
      .flatMap((service): readonly Observation[] => {
        const port = service.ports.find(({ number }) => dialledEvidence(chain, service, number) !== undefined);
        if (port === undefined) return [];
        const subject = objectSubject(service.object);
        const pods = chain.podsOf(service);
        if (pods.length === 0) return [blind(subject, 'the pods that it selects')];
        if (pods.every(isProxy)) return [passed(subject)];
        const says = `${dialledEvidence(chain, service, port.number)}, and it selects ${pods[0]?.object.label}`;
        return [found(subject, service.at.get('type'), says)];
      }),
};

function isProxy({ containers }: Workload): boolean {
  return containers.some(({ image }) => PROXY.test(image));
}
