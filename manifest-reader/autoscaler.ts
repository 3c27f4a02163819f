// The HPAs of the YAML: how few and how many pods, and which metric value per pod each aims for.
import { collectProblems } from './fields';
import { readObject } from './manifest-files';

/** The two Deployments that calls pass; names as in the manifests. */
export type Tier = 'grpc-server' | 'envoy';

const FILES: Readonly<Record<Tier, string>> = {
  'grpc-server': 'grpc_server_k8s/hpa.yaml',
  envoy: 'envoy_proxy_k8s/hpa.yaml',
};

const SCALES: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9 };

export interface AutoscalerManifest {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Name of the metric, and how much of it one pod is for. */
  readonly metric: string;
  readonly target: number;
}

/** @throws ManifestError, or the error of the file system or of YAML, when `root` does not hold what is expected */
export function readAutoscaler(root: string, tier: Tier): AutoscalerManifest {
  const { target, ...manifest } = collectProblems((report) => {
    const spec = readObject(root, FILES[tier], report).get('spec');
    const aim = spec.get('metrics').get(0).get('pods');
    return {
      minReplicas: spec.get('minReplicas').integerOr(1),
      maxReplicas: spec.get('maxReplicas').integer(),
      metric: aim.get('metric').get('name').text(),
      target: aim.get('target').get('averageValue').quantity(),
    };
  });
  return { ...manifest, target: parseQuantity(target) };
}

/** How many pods there are without calls: the least that each HPA allows. @throws as readAutoscaler() */
export function readShippedPods(root: string): { readonly servers: number; readonly envoys: number } {
  const least = (tier: Tier) => readAutoscaler(root, tier).minReplicas;
  return { servers: least('grpc-server'), envoys: least('envoy') };
}

/**
 * How many pods a metric asks for, from its sum over all pods: load over target, rounded up, within the bounds. Source:
 * the Kubernetes documentation on horizontal pod autoscaling; its tolerance and its memory of the past are left out.
 */
export function replicasFor(
  sum: number,
  { target, minReplicas, maxReplicas }: Omit<AutoscalerManifest, 'metric'>,
): number {
  return Math.min(maxReplicas, Math.max(minReplicas, Math.ceil(sum / target)));
}

/** A number as Kubernetes writes it: `300m` is 0.3, `2k` is 2000. @throws Error when `text` is not a quantity */
export function parseQuantity(text: string): number {
  const [, digits, suffix = ''] = /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)([a-zA-Z]?)$/.exec(text) ?? [];
  const scale = SCALES[suffix];
  if (digits === undefined || scale === undefined) {
    throw new Error(`cannot read a quantity: expected a number such as 300m, got "${text}"`);
  }
  // Division keeps 300m at 0.3; the product with 0.001 would not.
  return scale < 1 ? Number(digits) / Math.round(1 / scale) : Number(digits) * scale;
}
