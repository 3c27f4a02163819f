// What an Envoy knows of each server, read from `/clusters` of its admin endpoint: calls in flight, how often it asked, how
// often that failed, and whether it sends calls there.

export interface HostCounts {
  readonly inFlight: number;
  /** Since the Envoy knows this address. */
  readonly attempts: number;
  readonly failedAttempts: number;
  /** Why it sends no calls there: `failed_active_hc`, `failed_outlier_check`, …; empty where it does. */
  readonly flags: readonly string[];
}

/** By address. A line is `CLUSTER::ADDRESS:PORT::NAME::VALUE`. */
export function readHostCounts(clusters: string, cluster: string): ReadonlyMap<string, HostCounts> {
  const hosts = new Map<string, Record<string, string>>();
  for (const line of clusters.split('\n')) {
    const [of, host = '', name, value] = line.split('::');
    const address = /^(.+):\d+$/.exec(host)?.[1];
    if (of !== cluster || address === undefined || name === undefined || value === undefined) continue;
    hosts.set(address, { ...hosts.get(address), [name]: value });
  }
  return new Map(
    [...hosts].map(([address, { rq_active, rq_total, rq_error, health_flags = '' }]) => [
      address,
      {
        inFlight: Number(rq_active ?? 0),
        attempts: Number(rq_total ?? 0),
        failedAttempts: Number(rq_error ?? 0),
        flags: health_flags.split('/').filter((flag) => flag !== '' && flag !== 'healthy'),
      },
    ]),
  );
}
