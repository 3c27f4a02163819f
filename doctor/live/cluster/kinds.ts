// What is read of a cluster. Secrets are not among it, so a configuration of Envoy in a Secret is not seen.

export interface LiveKind {
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  /** As rights name it. */
  readonly resource: string;
  readonly isNamespaced: boolean;
  /** Comes with a custom resource, so it may not be there. */
  readonly isCustom: boolean;
}

function liveKind(kind: string, group: string, resource: string): LiveKind {
  return { kind, group, resource, isNamespaced: true, isCustom: false };
}

function custom(kind: string, group: string, resource: string): LiveKind {
  return { ...liveKind(kind, group, resource), isCustom: true };
}

function clusterWide(kind: string, group: string, resource: string): LiveKind {
  return { ...liveKind(kind, group, resource), isNamespaced: false };
}

/** EndpointSlices, not Endpoints: those end at 1000 addresses, and are deprecated since Kubernetes 1.33. */
export const LIVE_KINDS: readonly LiveKind[] = [
  liveKind('Deployment', 'apps', 'deployments'),
  liveKind('StatefulSet', 'apps', 'statefulsets'),
  liveKind('DaemonSet', 'apps', 'daemonsets'),
  liveKind('Service', '', 'services'),
  liveKind('ConfigMap', '', 'configmaps'),
  liveKind('Pod', '', 'pods'),
  liveKind('EndpointSlice', 'discovery.k8s.io', 'endpointslices'),
  liveKind('HorizontalPodAutoscaler', 'autoscaling', 'horizontalpodautoscalers'),
  liveKind('PodDisruptionBudget', 'policy', 'poddisruptionbudgets'),
  liveKind('NetworkPolicy', 'networking.k8s.io', 'networkpolicies'),
  liveKind('Ingress', 'networking.k8s.io', 'ingresses'),
  liveKind('LimitRange', '', 'limitranges'),
  custom('Rollout', 'argoproj.io', 'rollouts'),
  custom('ScaledObject', 'keda.sh', 'scaledobjects'),
  custom('HTTPRoute', 'gateway.networking.k8s.io', 'httproutes'),
  custom('PodMonitor', 'monitoring.coreos.com', 'podmonitors'),
  custom('ServiceMonitor', 'monitoring.coreos.com', 'servicemonitors'),
  clusterWide('Namespace', '', 'namespaces'),
  clusterWide('APIService', 'apiregistration.k8s.io', 'apiservices'),
  clusterWide('MutatingWebhookConfiguration', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'),
];

/** `deployments.apps`, as kubectl takes it. */
export function resourceName({ group, resource }: LiveKind): string {
  return group === '' ? resource : `${resource}.${group}`;
}
