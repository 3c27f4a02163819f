// Where the objects of the system are in the API, and those of their fields that the driver reads. The names are those
// of the manifests; nothing here knows a particular cluster.
import type { Tier } from '../../records/event';

export const PART_OF = 'grpc-load-balancing';
/** Marks what the lab made, so that a later run finds what an earlier one left behind. */
export const LAB_LABEL = 'grpc-load-balancing/lab';
export const CLIENT = { namespace: 'grpc-client', deployment: 'grpc-client', container: 'grpc-client' } as const;
export const METRICS_NAMESPACE = 'prometheus';
/** Prometheus as the API server proxies it: the Service of prometheus_k8s/prometheus-service.yaml. */
export const PROMETHEUS_PATH = `/api/v1/namespaces/${METRICS_NAMESPACE}/services/prometheus-service:9090/proxy`;

/** A tier's namespace, Deployment, container, HPA and label all have its name. */
export const TIERS: readonly Tier[] = ['grpc-server', 'envoy'];

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

export function configMapsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

export function deploymentPath(namespace: string, name: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
}

export function hpaPath(tier: Tier): string {
  return `/apis/autoscaling/v2/namespaces/${tier}/horizontalpodautoscalers/${tier}`;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubernetesObject {
  readonly metadata: Metadata;
}

export interface List<T> {
  readonly metadata: { readonly resourceVersion?: string };
  readonly items: readonly T[];
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

export interface Container {
  readonly name: string;
  readonly env?: readonly EnvVar[];
  readonly [field: string]: unknown;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly [field: string]: unknown;
}

export interface DeploymentObject extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: { readonly metadata: Partial<Metadata>; readonly spec: PodSpec };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

export interface ConfigMapObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface ContainerState {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly signal?: number; readonly reason?: string };
}

export interface PodObject extends KubernetesObject {
  readonly spec: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly restartCount: number;
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

export interface HpaMetric {
  readonly pods?: {
    readonly metric: { readonly name: string };
    readonly target: { readonly averageValue?: string };
  };
}

export interface HpaObject extends KubernetesObject {
  readonly spec: {
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly HpaMetric[];
  };
  readonly status?: {
    readonly desiredReplicas?: number;
    readonly currentMetrics?:
      | readonly { readonly pods?: { readonly current: { readonly averageValue?: string } } }[]
      | null;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}
