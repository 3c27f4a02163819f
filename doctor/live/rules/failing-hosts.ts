// Pods that are ready for Kubernetes, and not well for Envoy.
import { clusterNamed } from '../../chain/envoy/envoy';
import { blind, envoySubject, found, type Observation, objectSubject, passed, type Subject } from '../../rules/rule';
import type { Live, LiveRule } from '../live';
import type { ClusterReading } from '../traffic/cluster-readings';
import { endpointsAt, liveEndpoints } from '../traffic/endpoints';
import { failsChecks, type HostReading } from '../traffic/host-readings';
import { hostsIn } from '../traffic/read-envoy';
import type { WatchedEnvoy } from '../traffic/watch';

export const failingHosts: LiveRule = {
  code: 'GLB081',
  level: 'error',
  title: "A ready pod passes none of Envoy's health checks",
  harm: 'it gets no call, or, when all fail alike, calls go to pods that cannot be told from dead ones (panic)',
  cure: "the port and the service name of the health check, grpc.health.v1 in the server, a policy that lets Envoy's checks in",
  sources: [
    'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/health_checking',
    'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold',
  ],
  needs: ['Pod', 'ConfigMap', 'EndpointSlice', 'Deployment', 'DaemonSet', 'StatefulSet'],
  check: (live) => live.traffic.envoys.flatMap((envoy) => observe(envoy, live)),
};

function observe(watched: WatchedEnvoy, live: Live): readonly Observation[] {
  const { before, after } = watched;
  if (before.kind === 'hosts' && after.kind === 'hosts') {
    const clusters = [...new Set(after.hosts.map(({ cluster }) => cluster))].filter((name) => isChecked(watched, name));
    return clusters.flatMap((cluster) => {
      const failing = after.hosts.filter(
        (host) => host.cluster === cluster && bothFail(host, before.hosts, after.hosts),
      );
      if (failing.length === 0) return [passed(subjectOf(watched, cluster))];
      return failing.map((host) => judge(host, watched, live));
    });
  }
  if (before.kind === 'clusters' && after.kind === 'clusters') {
    return after.clusters
      .filter(({ checks, hosts }) => checks > 0 && hosts > 0)
      .map((reading) => judgeCluster(reading, after.needs, watched));
  }
  const reading = before.kind === 'none' ? before : after;
  const needs = reading.kind === 'none' ? reading.needs : 'the same numbers at both looks';
  return [blind({ ...objectSubject(watched.owner), label: watched.pod.label }, needs)];
}

function isChecked({ envoy }: WatchedEnvoy, name: string): boolean {
  const cluster = clusterNamed(envoy, name);
  return cluster === undefined || cluster.at.get('health_checks').items().length > 0;
}

function bothFail(host: HostReading, ...looks: readonly (readonly HostReading[])[]): boolean {
  const isIt = ({ cluster, address }: HostReading) => cluster === host.cluster && address === host.address;
  return looks.every((hosts) => hosts.some((each) => isIt(each) && failsChecks(each)));
}

function judge(host: HostReading, watched: WatchedEnvoy, { cluster, traffic }: Live): Observation {
  const subject = subjectOf(watched, host.cluster);
  const behind = endpointsAt(liveEndpoints(cluster.objects), host.address);
  if (behind.length === 0) return blind(subject, `the EndpointSlice with ${host.address}, to tell whether it is ready`);
  // A pod that starts or leaves is to fail them.
  if (behind.some(({ isReady }) => !isReady)) return passed(subject);
  const name = behind[0]?.pod ?? host.address;
  const state = host.flags.includes('pending_active_hc') ? 'was not checked once' : 'failed them at both looks';
  const seenBy = traffic.envoys
    .filter(({ owner, before, after }) => owner === watched.owner && bothFail(host, hostsIn(before), hostsIn(after)))
    .map(({ pod }) => pod.name);
  const says = `${name} (${host.address}) ${state}, ${traffic.seconds} s apart, in ${seenBy.join(', ')}`;
  return found(subject, clusterOf(watched, host.cluster) ?? watched.owner.at, says);
}

function judgeCluster(reading: ClusterReading, needs: string, watched: WatchedEnvoy): Observation {
  const { cluster, hosts, healthy, checks, checksPassed } = reading;
  const subject = subjectOf(watched, cluster);
  if (checksPassed === 0) {
    const says = `none of ${checks} health checks of ${hosts} hosts passed since ${watched.pod.name} began`;
    return found(subject, clusterOf(watched, cluster) ?? watched.owner.at, says);
  }
  return healthy === hosts ? passed(subject) : blind(subject, needs);
}

function clusterOf({ envoy }: WatchedEnvoy, name: string) {
  return clusterNamed(envoy, name)?.at;
}

function subjectOf(watched: WatchedEnvoy, cluster: string): Subject {
  const { envoy, owner } = watched;
  return envoy === undefined
    ? objectSubject(owner)
    : envoySubject(envoy, `cluster ${cluster}`, clusterOf(watched, cluster));
}
