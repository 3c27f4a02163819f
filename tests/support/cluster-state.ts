// What the cluster tests ask of a running system: objects, metrics, logs. Read-only.
import { type Kubernetes, kubectl } from './kubernetes';

export const NAMESPACES = ['envoy', 'grafana', 'grpc-client', 'grpc-server', 'prometheus'] as const;
export const CUSTOM_METRICS = '/apis/custom.metrics.k8s.io/v1beta1';

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

export async function objects(kubernetes: Kubernetes, ...args: string[]): Promise<KubernetesObject[]> {
  const list = JSON.parse(await kubectl(kubernetes, 'get', ...args, '-o', 'json')) as { items: KubernetesObject[] };
  return list.items;
}

/** Name, identity and restarts of every pod of ours: equal before and after, nothing was restarted. */
export async function podIdentities(kubernetes: Kubernetes): Promise<string[]> {
  const pods = await Promise.all(NAMESPACES.map((namespace) => objects(kubernetes, 'pods', '-n', namespace)));
  return pods
    .flat()
    .map(({ metadata, status }) => {
      const containers = (status?.containerStatuses ?? []) as { restartCount: number }[];
      return `${metadata.namespace}/${metadata.name} ${metadata.uid} ${containers.map((c) => c.restartCount).join()}`;
    })
    .sort();
}

/** spec.replicas as the HPA last set it, and ready replicas. */
export async function replicas(
  kubernetes: Kubernetes,
  namespace: string,
  name: string,
): Promise<{ desired: number; ready: number }> {
  const text = await kubectl(kubernetes, '-n', namespace, 'get', 'deployment', name, '-o', 'json');
  const { spec, status } = JSON.parse(text) as KubernetesObject;
  return { desired: Number(spec?.replicas ?? 0), ready: Number(status?.readyReplicas ?? 0) };
}

/** Replies per pod in the client's log of the last `seconds`. */
export async function repliesPerPod(kubernetes: Kubernetes, seconds: number): Promise<Map<string, number>> {
  const log = await kubectl(kubernetes, '-n', 'grpc-client', 'logs', 'deployment/grpc-client', `--since=${seconds}s`);
  const counts = new Map<string, number>();
  for (const line of log.split('\n')) {
    const pod = /"msg":"Received: Hello, [^"]*! This message is from ([^"\s]+)"/.exec(line)?.[1];
    if (pod !== undefined) counts.set(pod, (counts.get(pod) ?? 0) + 1);
  }
  return counts;
}

/** The answer of Prometheus' query API, through the API server's proxy. */
export async function promQuery(kubernetes: Kubernetes, query: string): Promise<unknown[]> {
  const service = '/api/v1/namespaces/prometheus/services/prometheus-service:9090/proxy';
  const text = await kubectl(kubernetes, 'get', '--raw', `${service}/api/v1/query?query=${encodeURIComponent(query)}`);
  const answer = JSON.parse(text) as { status: string; data: { result: unknown[] } };
  if (answer.status !== 'success') throw new Error(`Prometheus refused ${query}: ${text}`);
  return answer.data.result;
}

/** Pods, events and last log lines of every namespace of ours, for a test that failed. */
export async function diagnostics(kubernetes: Kubernetes): Promise<string> {
  const parts = await Promise.all(
    NAMESPACES.map(async (namespace) => {
      const state = await kubectl(kubernetes, '-n', namespace, 'get', 'deployments,pods,hpa', '-o', 'wide').catch(
        String,
      );
      const events = await kubectl(kubernetes, '-n', namespace, 'get', 'events', '--sort-by=.lastTimestamp').catch(
        String,
      );
      return `--- ${namespace}\n${state}\n${events.split('\n').slice(-15).join('\n')}`;
    }),
  );
  return parts.join('\n');
}
