// How Envoy learns that a pod has gone, or should go: by DNS, by health checks, by what calls meet.
import type { Chain } from '../chain/chain';
import { durationSeconds } from '../chain/envoy/proto-value';
import { onlySleepSeconds, preStopOf } from '../chain/pod-ending';
import type { Workload } from '../chain/workload';
import { clusterSubject, dnsGrpcClusters, type GrpcCluster } from './grpc-clusters';
import { blind, found, type Observation, passed, type Rule } from './rule';

/** config.cluster.v3.Cluster and DnsCluster: the default of dns_refresh_rate. */
const DEFAULT_REFRESH_SECONDS = 5;

export const refreshOutlivesDrain: Rule = {
  code: 'GLB028',
  level: 'warning',
  title: 'Envoy asks DNS more rarely than a leaving server waits',
  harm: 'Envoy sends calls to a pod that has already closed its port: they fail with UNAVAILABLE at every roll and scale-down',
  cure: 'a dns_refresh_rate well below the preStop sleep (1s beside 10 s), and respect_dns_ttl: false',
  sources: ['https://github.com/kubernetes/dns/issues/332', 'https://github.com/Couchers-org/couchers/pull/9110'],
  check: (chain) => dnsGrpcClusters(chain).map((each) => refreshObservation(chain, each)),
};

function refreshObservation(chain: Chain, each: GrpcCluster): Observation {
  const { envoy, cluster } = each;
  const subject = clusterSubject(each);
  const services = cluster.endpoints.map(({ host }) => chain.serviceAt(host, envoy.namespace));
  const pods = services.flatMap((service) => (service === undefined ? [] : chain.podsOf(service)));
  if (pods.length === 0) return blind(subject, `the pods behind ${cluster.endpoints.map(({ host }) => host).join()}`);
  const shortest = Math.min(...pods.map(longestSleep));
  if (!Number.isFinite(shortest)) {
    return blind(subject, `a preStop sleep of ${pods[0]?.object.label}, which says how long it serves when it leaves`);
  }
  const refresh = cluster.dns.get('dns_refresh_rate');
  if (cluster.dns.get('respect_dns_ttl').value === true) {
    return blind(subject, `the TTL of the cluster's DNS, which respect_dns_ttl makes the rate`);
  }
  const rate = refresh.value === undefined ? DEFAULT_REFRESH_SECONDS : durationSeconds(refresh);
  if (rate === undefined) return blind(subject, `a dns_refresh_rate in seconds, not ${refresh.value}`);
  if (rate < shortest) return passed(subject);
  const says = `it asks every ${rate} s, and ${pods[0]?.object.label} serves for ${shortest} s when it leaves`;
  return found(subject, refresh, says);
}

/** Of its containers; -Infinity where none only sleeps. */
function longestSleep({ containers }: Workload): number {
  const hooks = containers.map(preStopOf).filter((preStop) => preStop !== undefined);
  return Math.max(...hooks.map((preStop) => onlySleepSeconds(preStop) ?? Number.NEGATIVE_INFINITY));
}

export const healthKeepsRemovedHosts: Rule = {
  code: 'GLB029',
  level: 'warning',
  title: 'a healthy host stays although DNS has dropped it',
  harm:
    'a pod that was taken out of the Service (a drain, a changed label, a rolled-back canary) goes on getting calls for ' +
    'as long as its health check passes; an address that a new pod of another service gets is called too',
  cure: 'ignore_health_on_host_removal: true on the cluster',
  sources: ['https://github.com/envoyproxy/envoy/issues/35634', 'https://github.com/envoyproxy/gateway/issues/4564'],
  check: (chain) =>
    dnsGrpcClusters(chain)
      .filter(({ cluster }) => cluster.at.get('health_checks').items().length > 0)
      .map((each) => {
        const { at } = each.cluster;
        if (at.get('ignore_health_on_host_removal').value === true) return passed(clusterSubject(each));
        return found(
          clusterSubject(each),
          at.get('health_checks'),
          'it has health checks, and the default keeps hosts',
        );
      }),
};

export const unwatchedHosts: Rule = {
  code: 'GLB041',
  level: 'warning',
  title: 'nothing tells Envoy that a pod is ill',
  harm:
    'a pod that hangs keeps its address in DNS until its probes have failed, and gets its full share of calls meanwhile: ' +
    'with three pods every third call times out',
  cure: 'health_checks with grpc_health_check, outlier_detection, or both',
  sources: [
    'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/health_checking',
    'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier',
  ],
  check: (chain) =>
    dnsGrpcClusters(chain).map((each) => {
      const { at } = each.cluster;
      const isWatched = at.get('health_checks').items().length > 0 || at.get('outlier_detection').value !== undefined;
      if (isWatched) return passed(clusterSubject(each));
      return found(clusterSubject(each), at, 'it has neither health_checks nor outlier_detection');
    }),
};

export const checksWaitForTraffic: Rule = {
  code: 'GLB042',
  level: 'info',
  title: 'health checks are rare until the first call',
  harm:
    'until a cluster has had a call Envoy checks each host once in 60 s only, so the first calls of a quiet service meet ' +
    'pods that went away or are not ready yet',
  cure: 'no_traffic_interval like interval',
  sources: ['https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/health_check.proto'],
  check: (chain) =>
    dnsGrpcClusters(chain).flatMap((each) =>
      each.cluster.at
        .get('health_checks')
        .items()
        .map((check) => {
          if (check.get('no_traffic_interval').value !== undefined) return passed(clusterSubject(each));
          return found(clusterSubject(each), check, 'no_traffic_interval is not set, and its default is 60 s');
        }),
    ),
};

export const slowLookups: Rule = {
  code: 'GLB050',
  level: 'info',
  title: 'Envoy looks for new pods every five seconds',
  harm: 'a new pod gets no call for up to 5 s although it is ready, and one that has gone is tried for as long',
  cure: 'dns_refresh_rate: 1s',
  sources: ['https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto'],
  check: (chain) =>
    dnsGrpcClusters(chain).map((each) => {
      const { dns } = each.cluster;
      const isSet = dns.get('dns_refresh_rate').value !== undefined || dns.get('respect_dns_ttl').value === true;
      if (isSet) return passed(clusterSubject(each));
      return found(clusterSubject(each), dns, 'dns_refresh_rate is not set, and its default is 5 s');
    }),
};
