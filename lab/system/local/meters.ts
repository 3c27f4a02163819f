// What can be read of a local system while it runs: servers' counters, Envoys' view of the servers, processes' use.
import { requestText } from '../../../command-line/http-text';
import { GREETER_CLUSTER } from '../../../local/envoy/envoy-config';
import { greeterStatistic } from '../../../local/envoy/envoy-statistics';
import { samplesOf } from '../../../prometheus-text/samples';
import { recordCounters, recordUse } from '../prometheus/readings';
import type { Hosts, Meters, ResourceUse } from '../system';
import type { SeenHosts } from '../until-routed';
import { findPod, type LocalContext, tierOfPod } from './context';
import { readProcessUse } from './process-use';

/** @param loadPid finds the process of a load by the load's name. */
export function createMeters(
  context: LocalContext,
  loadPid: (name: string) => number | undefined,
): Pick<Meters, 'counters' | 'resources'> & { hosts(envoyPod: string): Promise<SeenHosts> } {
  const { manifests, recorder, run } = context;
  const lastHosts = new Map<string, string>();
  const scrape = (pod: string, path: string) => {
    const manifest = tierOfPod(context, pod) === 'envoy' ? manifests.envoy : manifests.server;
    return requestText(`http://${findPod(context, pod).address}:${manifest.ports['http-metrics']}${path}`);
  };

  async function readUse(name: string): Promise<ResourceUse> {
    const pid = loadPid(name);
    if (pid !== undefined) return readProcessUse(pid, run);
    if (!context.hasContainers || tierOfPod(context, name) !== 'envoy') {
      return readProcessUse(findPod(context, name).pid, run);
    }
    const [memory] = samplesOf(await scrape(name, '/stats/prometheus'), 'envoy_server_memory_physical_size');
    if (memory === undefined) throw new Error(`${name}: expected envoy_server_memory_physical_size in its metrics`);
    return { residentBytes: memory.value, cpuSeconds: undefined, openDescriptors: undefined };
  }

  return {
    counters: async (pod) => recordCounters(recorder, pod, await scrape(pod, '/metrics')),
    resources: async (name) => recordUse(recorder, name, await readUse(name)),
    hosts: async (envoyPod) => {
      const text = await scrape(envoyPod, '/stats/prometheus');
      const hosts: Hosts = { known: gauge(text, 'total'), healthy: gauge(text, 'healthy') };
      const seen = `${hosts.known} ${hosts.healthy}`;
      if (lastHosts.get(envoyPod) !== seen) recorder.event('hosts', { subject: envoyPod, detail: { ...hosts } });
      lastHosts.set(envoyPod, seen);
      return { ...hosts, gone: strangersIn(text, new Set(context.stack.servers.pods().map(({ address }) => address))) };
    },
  };
}

/** How many hosts are at none of these addresses, by the statistics that Envoy keeps of each (per_endpoint_stats). */
export function strangersIn(text: string, addresses: ReadonlySet<string>): number {
  return samplesOf(text, 'envoy_cluster_endpoint_rq_total')
    .filter(({ labels }) => labels.envoy_cluster_name === GREETER_CLUSTER)
    .filter(({ labels: { envoy_endpoint_address = '' } }) => {
      return !addresses.has(envoy_endpoint_address.slice(0, envoy_endpoint_address.lastIndexOf(':')));
    }).length;
}

function gauge(text: string, which: 'total' | 'healthy'): number {
  const value = greeterStatistic(text, `membership_${which}`);
  if (value === undefined) {
    const series = `envoy_cluster_membership_${which}{envoy_cluster_name="${GREETER_CLUSTER}"}`;
    throw new Error(`expected ${series} in Envoy's metrics`);
  }
  return value;
}
