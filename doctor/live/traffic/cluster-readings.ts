// What Envoy's /stats/prometheus says of each cluster as a whole: for Envoys whose admin port cannot be reached.

export interface ClusterReading {
  readonly cluster: string;
  readonly calls: number;
  readonly hosts: number;
  readonly healthy: number;
  /** Health checks since the start. */
  readonly checks: number;
  readonly checksPassed: number;
}

const SERIES = /^envoy_cluster_([a-z_]+)\{envoy_cluster_name="([^"]*)"\} (\S+)/;

export function readClusters(exposition: string): readonly ClusterReading[] {
  const clusters = new Map<string, Map<string, number>>();
  for (const line of exposition.split('\n')) {
    const [, name = '', cluster, value] = SERIES.exec(line) ?? [];
    if (cluster === undefined) continue;
    const known = clusters.get(cluster) ?? new Map<string, number>();
    clusters.set(cluster, known.set(name, Number(value)));
  }
  return [...clusters].map(([cluster, known]) => ({
    cluster,
    calls: known.get('upstream_rq_total') ?? 0,
    hosts: known.get('membership_total') ?? 0,
    healthy: known.get('membership_healthy') ?? 0,
    checks: known.get('health_check_attempt') ?? 0,
    checksPassed: known.get('health_check_success') ?? 0,
  }));
}
