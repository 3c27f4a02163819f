// The pods that run Envoy, each with its configuration where a ConfigMap or its command line has it.
import type { Chain } from '../../chain/chain';
import type { Envoy } from '../../chain/envoy/envoy';
import { type Labels, readLabels, selects, type Workload } from '../../chain/workload';
import type { ManifestObject } from '../../input/manifest-object';

export interface LiveEnvoy {
  readonly pod: ManifestObject;
  /** Undefined where nothing that may be read has it: a Secret has it, or a control plane's bootstrap. */
  readonly envoy: Envoy | undefined;
  /** What runs it: a Deployment, or the pod itself. */
  readonly owner: ManifestObject;
}

const ENVOY_IMAGE = /(^|\/)envoy(-\w+)?[:@]/;

/** @param pods those that run */
export function liveEnvoys(chain: Chain, pods: readonly ManifestObject[]): readonly LiveEnvoy[] {
  return pods.flatMap((pod): readonly LiveEnvoy[] => {
    for (const envoy of chain.envoys) {
      const owner = envoy.pods.find(({ workload }) => isPodOf(pod, workload))?.workload.object;
      if (owner !== undefined) return [{ pod, envoy, owner }];
    }
    const containers = pod.at.get('spec', 'containers').items();
    const runsEnvoy = containers.some((container) => ENVOY_IMAGE.test(container.get('image').text() ?? ''));
    const owner = chain.workloads.find((workload) => isPodOf(pod, workload))?.object ?? pod;
    return runsEnvoy ? [{ pod, envoy: undefined, owner }] : [];
  });
}

/** A workload's own selector; of a pod by itself, the pod. */
export function isPodOf(pod: ManifestObject, { object }: Workload): boolean {
  if (object.namespace !== pod.namespace) return false;
  if (object.kind === 'Pod') return object.name === pod.name;
  return selects(selectorOf(object), readLabels(pod.at.get('metadata', 'labels')));
}

function selectorOf({ at }: ManifestObject): Labels {
  return readLabels(at.get('spec', 'selector', 'matchLabels'));
}

export function isRunning({ at }: ManifestObject): boolean {
  return at.get('status', 'phase').value === 'Running' && at.get('metadata', 'deletionTimestamp').value === undefined;
}
