// What Envoy's /stats/prometheus says of each cluster as a whole: for Envoys whose admin port cannot be reached.
import { samplesOf } from '../../../prometheus-text/samples';

export interface ClusterReading {
  readonly cluster: string;
  readonly calls: number;
  readonly hosts: number;
  readonly healthy: number;
  /** Health checks since the start. */
  readonly checks: number;
  readonly checksPassed: number;
}

export function readClusters(exposition: string): readonly ClusterReading[] {
  const read = (name: string) => {
    const samples = samplesOf(exposition, `envoy_cluster_${name}`);
    return new Map(samples.map(({ labels, value }) => [labels.envoy_cluster_name, value]));
  };
  const [calls, hosts, healthy] = [read('upstream_rq_total'), read('membership_total'), read('membership_healthy')];
  const [checks, checksPassed] = [read('health_check_attempt'), read('health_check_success')];
  // Every cluster has hosts from its start on, if none but 0.
  return [...hosts].flatMap(([cluster, count]) =>
    cluster === undefined
      ? []
      : [
          {
            cluster,
            calls: calls.get(cluster) ?? 0,
            hosts: count,
            healthy: healthy.get(cluster) ?? 0,
            checks: checks.get(cluster) ?? 0,
            checksPassed: checksPassed.get(cluster) ?? 0,
          },
        ],
  );
}
