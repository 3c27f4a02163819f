// Envoy's side of edges E3 and E4: the cluster of envoy.yaml that finds the servers by a DNS name, and the listeners that
// send calls there. Envoy reads this text, not the API server, so it is YAML as it stands.
import { parse } from 'yaml';
import { type Field, field, type Report } from './fields';

export interface ServerCluster {
  /** Where envoy.yaml stands: `envoy_proxy_k8s/configmap.yaml: envoy.yaml`. */
  readonly at: string;
  /** envoy.yaml, whole. */
  readonly text: string;
  /** What Envoy's statistics call it (edge E12). */
  readonly name: string;
  /** The DNS name of the servers, and the port that each of them has. */
  readonly host: string;
  readonly port: number;
  /** The `stat_prefix` of each HTTP listener with a route to it. */
  readonly listeners: readonly string[];
}

export const ENVOY_CONFIG_FILE = 'envoy.yaml';
const PREFERRED = 'greeter';
const DNS_TYPES: readonly unknown[] = ['STRICT_DNS', 'LOGICAL_DNS'];

export interface ClusterReading {
  /** The name of the cluster; undefined takes `greeter`, or the only one that asks DNS. */
  readonly wanted: string | undefined;
  readonly report: Report;
}

/** What `text` says of the servers; undefined, and reported, when it does not. */
export function readServerCluster(text: Field, { wanted, report }: ClusterReading): ServerCluster | undefined {
  const at = text.at.replace(': data.', ': ');
  let root: Field;
  try {
    root = field(at, parse(text.text()), report);
  } catch (thrown) {
    report(`${at}: ${(thrown as Error).message}`);
    return undefined;
  }
  const resources = root.get('static_resources');
  const clusters = resources.get('clusters');
  const resolved = clusters.items().filter(findsHostsByDns);
  const named = resolved.find((each) => each.get('name').value === (wanted ?? PREFERRED));
  const cluster = named ?? (wanted === undefined && resolved.length === 1 ? resolved[0] : undefined);
  if (cluster === undefined) {
    const names = resolved.map((each) => each.get('name').value).join(', ') || 'none';
    const expected = wanted === undefined ? `one, or one named ${PREFERRED},` : `one named ${wanted},`;
    report(`${clusters.at}: of the clusters that find their hosts by DNS, expected ${expected} got ${names}`);
    return undefined;
  }
  const name = cluster.get('name').text();
  const endpoint = cluster.get('load_assignment').get('endpoints').get(0).get('lb_endpoints').get(0).get('endpoint');
  const address = endpoint.get('address').get('socket_address');
  return {
    at,
    text: text.text(),
    name,
    host: address.get('address').text(),
    port: address.get('port_value').integer(),
    listeners: listenersTo(name, resources.get('listeners')),
  };
}

function findsHostsByDns(cluster: Field): boolean {
  return (
    cluster.get('cluster_type').get('name').value === 'envoy.cluster.dns' ||
    DNS_TYPES.includes(cluster.get('type').value)
  );
}

function listenersTo(cluster: string, listeners: Field): readonly string[] {
  const managers = listeners
    .items()
    .flatMap((listener) => listener.get('filter_chains').items())
    .flatMap((chain) => chain.get('filters').items())
    .map((filter) => filter.get('typed_config'));
  return managers
    .filter((manager) => namesCluster(manager.get('route_config').value, cluster))
    .map((manager) => manager.get('stat_prefix').text());
}

/** Whether a route anywhere in `value` leads to `cluster`, alone or as one of several with weights. */
function namesCluster(value: unknown, cluster: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { cluster: alone, weighted_clusters: weighted } = value as Readonly<Record<string, unknown>>;
  const several = (weighted as { readonly clusters?: unknown } | undefined)?.clusters;
  const isOneOfSeveral = Array.isArray(several) && several.some((each) => each?.name === cluster);
  return alone === cluster || isOneOfSeveral || Object.values(value).some((inner) => namesCluster(inner, cluster));
}
