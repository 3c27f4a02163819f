// Where network policies are enforced, those of the manifests keep the API server and the lab's loads away from pods. One
// more per namespace opens what the lab needs while it runs. A cluster that enforces nothing takes them all the same.
import { LAB_FAULT_PORT } from '../fault-orders';
import { type Api, ApiError, unlessNotFound } from './api';
import { CLIENT, LAB_LABEL, PART_OF } from './objects';
import { CLIENT_METRICS, TIER_METRICS } from './pod-proxy';

const NAME = 'lab';
const GRPC_PORT = 50051;

interface Opening {
  readonly namespace: string;
  readonly spec: object;
}

/** Any source: some network plugins do not count the API server among addresses. */
const fromAnywhere = (...ports: number[]) => [{ ports: ports.map((port) => ({ protocol: 'TCP', port })) }];

const OPENINGS: readonly Opening[] = [
  {
    namespace: 'grpc-server',
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'grpc-server' } },
      policyTypes: ['Ingress'],
      ingress: fromAnywhere(TIER_METRICS['grpc-server'].port, LAB_FAULT_PORT, GRPC_PORT),
    },
  },
  {
    namespace: 'envoy',
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'envoy' } },
      policyTypes: ['Ingress'],
      ingress: fromAnywhere(TIER_METRICS.envoy.port),
    },
  },
  {
    namespace: CLIENT.namespace,
    spec: {
      podSelector: { matchLabels: { [LAB_LABEL]: 'load' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: fromAnywhere(CLIENT_METRICS.port),
      // Loads that go around Envoy.
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'grpc-server' } } }],
          ports: [{ protocol: 'TCP', port: GRPC_PORT }],
        },
      ],
    },
  },
];

export async function openNetwork(api: Api): Promise<void> {
  for (const { namespace, spec } of OPENINGS) {
    const labels = { [LAB_LABEL]: 'network', 'app.kubernetes.io/part-of': PART_OF };
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: NAME, labels },
      spec,
    };
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
