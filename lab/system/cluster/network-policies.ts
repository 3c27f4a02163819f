// Where network policies are enforced, those of the manifests keep the API server and the lab's loads away from pods. One
// more per namespace opens what the lab needs while it runs. A cluster that enforces nothing accepts them too.
import { FAULT_PORT } from '../../../runtime/server-fault';
import { type Api, ApiError, unlessNotFound } from './api';
import { CLIENT, LAB_LABEL, METRICS_NAMESPACE, PART_OF } from './objects';
import { CLIENT_METRICS, TIER_METRICS } from './pod-proxy';

const NAME = 'lab';
const GRPC_PORT = 50051;
const PROMETHEUS_PORT = 9090;
/** Where a pod in a mesh takes calls of pods in the mesh (the manifests' policies "linkerd"). */
const PROXY_PORT = 4143;

const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }));
const named = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });
const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const LOADS = { matchLabels: { [LAB_LABEL]: 'load' } };
/** Any source: the API server is not a pod, and some network plugins do not count it among addresses. */
const fromAnywhere = (...numbers: number[]) => ({ ports: ports(...numbers) });
/** Loads that go around Envoy. */
const SERVER_PORTS = ports(GRPC_PORT, PROXY_PORT);

const OPENINGS = [
  {
    namespace: 'grpc-server',
    spec: {
      podSelector: named('grpc-server'),
      policyTypes: ['Ingress'],
      ingress: [
        fromAnywhere(TIER_METRICS['grpc-server'].port, FAULT_PORT),
        { from: [{ namespaceSelector: inNamespace(CLIENT.namespace), podSelector: LOADS }], ports: SERVER_PORTS },
      ],
    },
  },
  {
    namespace: 'envoy',
    spec: {
      podSelector: named('envoy'),
      policyTypes: ['Ingress'],
      ingress: [fromAnywhere(TIER_METRICS.envoy.port)],
    },
  },
  {
    namespace: CLIENT.namespace,
    spec: {
      podSelector: LOADS,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [fromAnywhere(CLIENT_METRICS.port)],
      egress: [
        {
          to: [{ namespaceSelector: inNamespace('grpc-server'), podSelector: named('grpc-server') }],
          ports: SERVER_PORTS,
        },
      ],
    },
  },
  {
    namespace: METRICS_NAMESPACE,
    spec: { podSelector: named('prometheus'), policyTypes: ['Ingress'], ingress: [fromAnywhere(PROMETHEUS_PORT)] },
  },
] as const;

/** The policies as the API takes them. */
export const LAB_POLICIES = OPENINGS.map(({ namespace, spec }) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: NAME, namespace, labels: { [LAB_LABEL]: 'network', 'app.kubernetes.io/part-of': PART_OF } },
  spec,
}));

export async function openNetwork(api: Api): Promise<void> {
  for (const policy of LAB_POLICIES) {
    const { namespace } = policy.metadata;
    try {
      await api.send('POST', policiesPath(namespace), policy);
    } catch (thrown) {
      // Left behind by a run that was killed.
      if (!(thrown instanceof ApiError && thrown.status === 409)) throw thrown;
    }
  }
}

export async function closeNetwork(api: Api): Promise<void> {
  for (const { namespace } of OPENINGS) {
    await api.send('DELETE', `${policiesPath(namespace)}/${NAME}`).catch(unlessNotFound);
  }
}

function policiesPath(namespace: string): string {
  return `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
}
