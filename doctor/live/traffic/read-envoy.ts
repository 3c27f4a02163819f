// One look at one Envoy: its hosts, or at least its clusters. Takes the first way that the caller's rights and Envoy's
// configuration leave open.
import { explainFailure } from '../../../command-line/run-command';
import type { ManifestObject } from '../../input/manifest-object';
import { type Right, rightText } from '../access/access';
import { forwardRight, hasRight, proxyRight } from '../cluster/scope';
import type { Kubectl } from '../kubectl';
import { type ClusterReading, readClusters } from './cluster-readings';
import type { LiveEnvoy } from './envoy-pods';
import { type HostReading, readHosts } from './host-readings';
import type { ReadPodPath } from './port-forward';

export type EnvoyReading =
  | { readonly kind: 'hosts'; readonly hosts: readonly HostReading[] }
  /** `needs`: what it would take to see hosts. */
  | { readonly kind: 'clusters'; readonly clusters: readonly ClusterReading[]; readonly needs: string }
  | { readonly kind: 'none'; readonly needs: string };

/** None where only clusters, or nothing, could be seen. */
export function hostsIn(reading: EnvoyReading): readonly HostReading[] {
  return reading.kind === 'hosts' ? reading.hosts : [];
}

export interface Reader {
  readonly kubectl: Kubectl;
  readonly granted: readonly Right[];
  readonly readByForward: ReadPodPath;
}

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** Never rejects: what went wrong is what it needs. */
export async function readEnvoyPod(reader: Reader, live: LiveEnvoy): Promise<EnvoyReading> {
  const { pod, envoy } = live;
  if (envoy === undefined) {
    return { kind: 'none', needs: 'its configuration in a ConfigMap or in --config-yaml (Secrets are not read)' };
  }
  const admin = envoy.bootstrap.get('admin', 'address', 'socket_address');
  const port = admin.get('port_value').number();
  if (port === undefined) return { kind: 'none', needs: 'an admin port in its configuration' };
  const isLoopback = LOOPBACK.test(admin.get('address').text() ?? '');
  const tried: string[] = [];
  if (!isLoopback && mayProxy(reader, pod)) {
    const answer = await proxied(reader, pod, port, '/clusters');
    if (answer.ok) return { kind: 'hosts', hosts: readHosts(answer.text) };
    tried.push(answer.why);
  }
  if (hasRight(reader.granted, forwardRight(pod.namespace))) {
    const { context, signal } = reader.kubectl;
    const wanted = { context, namespace: pod.namespace, pod: pod.name, port, path: '/clusters' };
    try {
      return { kind: 'hosts', hosts: readHosts(await reader.readByForward(wanted, signal)) };
    } catch (thrown) {
      tried.push((thrown as Error).message);
    }
  }
  const right = isLoopback ? forwardRight(pod.namespace) : proxyRight(pod.namespace);
  const needs = tried[0] ? `an answer of its admin port ${port} (${tried[0]})` : `the right to ${rightText(right)}`;
  const clusters = await readStatistics(reader, pod);
  return clusters === undefined ? { kind: 'none', needs } : { kind: 'clusters', clusters, needs };
}

function mayProxy({ granted }: Reader, { namespace }: ManifestObject): boolean {
  return hasRight(granted, proxyRight(namespace));
}

type Answer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

async function proxied({ kubectl }: Reader, pod: ManifestObject, port: number, path: string): Promise<Answer> {
  const result = await kubectl.raw(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${port}/proxy${path}`);
  return result.code === 0 ? { ok: true, text: result.stdout } : { ok: false, why: explainFailure(result) };
}

/** The port and path that Prometheus is told to scrape. */
async function readStatistics(reader: Reader, pod: ManifestObject): Promise<readonly ClusterReading[] | undefined> {
  const annotations = pod.at.get('metadata', 'annotations');
  const port = annotations.get('prometheus.io/port').number();
  const path = annotations.get('prometheus.io/path').text();
  if (port === undefined || path === undefined || !mayProxy(reader, pod)) return undefined;
  const answer = await proxied(reader, pod, port, path);
  const clusters = answer.ok ? readClusters(answer.text) : [];
  return clusters.length > 0 ? clusters : undefined;
}
