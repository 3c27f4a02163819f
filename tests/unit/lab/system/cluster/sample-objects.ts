// Objects as an API server has them, as small as the driver lets them be.
import type { FakeKubernetes, Json } from './fake-kubernetes';

export const SERVER_DEPLOYMENT = '/apis/apps/v1/namespaces/grpc-server/deployments/grpc-server';
export const ENVOY_DEPLOYMENT = '/apis/apps/v1/namespaces/envoy/deployments/envoy';
export const CLIENT_DEPLOYMENT = '/apis/apps/v1/namespaces/grpc-client/deployments/grpc-client';
export const SERVER_HPA = '/apis/autoscaling/v2/namespaces/grpc-server/horizontalpodautoscalers/grpc-server';
export const ENVOY_CONFIG = '/api/v1/namespaces/envoy/configmaps/envoy-config';
export const SERVER_ENV = [
  { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'DRAIN_DELAY_MS', value: '10000' },
];

export function deployObjects({ objects }: FakeKubernetes): void {
  objects.set(SERVER_DEPLOYMENT, deployment('grpc-server', { env: SERVER_ENV }, []));
  objects.set(ENVOY_DEPLOYMENT, deployment('envoy', {}, [{ name: 'config', configMap: { name: 'envoy-config' } }]));
  objects.set(
    CLIENT_DEPLOYMENT,
    deployment('grpc-client', { livenessProbe: {}, envFrom: [{ configMapRef: { name: 'grpc-client-config' } }] }, []),
  );
  objects.set(SERVER_HPA, { metadata: { name: 'grpc-server' }, spec: { minReplicas: 3, maxReplicas: 10 } });
  objects.set(ENVOY_CONFIG, {
    metadata: { name: 'envoy-config' },
    data: { 'envoy.yaml': 'policy: ROUND_ROBIN\n', 'pre-stop.sh': 'exit\n' },
  });
}

/** A pod that runs and is ready, but for what `change` says. */
export function podObject(name: string, change: { status?: Json; metadata?: Json } = {}): Json {
  return {
    metadata: { name, uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z', ...change.metadata },
    spec: { containers: [] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'grpc-server', restartCount: 0, state: { running: {} } }],
      ...change.status,
    },
  };
}

function deployment(name: string, container: Json, volumes: Json[]): Json {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'client' };
  return {
    metadata: { name, generation: 1 },
    spec: {
      replicas: 3,
      template: { metadata: { labels }, spec: { containers: [{ name, ...container }], volumes } },
    },
  };
}
