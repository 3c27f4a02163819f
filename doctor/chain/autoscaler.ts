// Who decides how many pods a workload has: a HorizontalPodAutoscaler, or a ScaledObject of KEDA, which makes one.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { ManifestObject } from '../input/manifest-object';
import type { Chain } from './chain';
import type { Workload } from './workload';

export interface Autoscaler {
  readonly object: ManifestObject;
  readonly target: Placed;
  readonly targetKind: string;
  readonly targetName: string;
  readonly minReplicas: number;
  /** Entries of spec.metrics; none of a ScaledObject. */
  readonly metrics: readonly Placed[];
}

export function autoscalers(chain: Chain): readonly Autoscaler[] {
  return chain.ofKind('HorizontalPodAutoscaler', 'ScaledObject').flatMap((object) => {
    const isKeda = object.kind === 'ScaledObject';
    const target = object.at.get('spec', 'scaleTargetRef');
    const targetName = target.get('name').text();
    if (targetName === undefined) return [];
    const least = object.at.get('spec', isKeda ? 'minReplicaCount' : 'minReplicas').number();
    return [
      {
        object,
        target,
        targetKind: target.get('kind').text() ?? 'Deployment',
        targetName,
        // Defaults of autoscaling/v2 and of keda.sh/v1alpha1.
        minReplicas: least ?? (isKeda ? 0 : 1),
        metrics: object.at.get('spec', 'metrics').items(),
      },
    ];
  });
}

/** Undefined may mean that it is in another file. */
export function scaledWorkload(chain: Chain, autoscaler: Autoscaler): Workload | undefined {
  return scaledVersions(chain, autoscaler)[0];
}

/** Several where files hold versions of one workload, such as the one of today and the one that is to come. */
export function scaledVersions(chain: Chain, autoscaler: Autoscaler): readonly Workload[] {
  const { object, targetKind, targetName } = autoscaler;
  return chain.workloads.filter(
    (workload) =>
      workload.object.kind === targetKind &&
      workload.object.name === targetName &&
      workload.object.namespace === object.namespace,
  );
}

export function autoscalersOf(chain: Chain, workload: Workload): readonly Autoscaler[] {
  return autoscalers(chain).filter((autoscaler) => scaledWorkload(chain, autoscaler) === workload);
}

export interface PodCount {
  readonly count: number;
  readonly because: string;
}

/** The smallest number of pods that is asked for; undefined where the input does not say it. */
export function fewestPods(chain: Chain, workload: Workload): PodCount | undefined {
  const [autoscaler] = autoscalersOf(chain, workload);
  if (autoscaler !== undefined) {
    const count = Math.max(1, autoscaler.minReplicas);
    return { count, because: `${autoscaler.object.label} goes down to ${count}` };
  }
  const { replicas } = workload;
  return replicas === undefined ? undefined : { count: replicas, because: `replicas is ${replicas}` };
}

/** A number, or a share of `total`, of which Kubernetes rounds parts up or down. Undefined for anything else. */
export function podShare(at: Placed, total: number, round: (value: number) => number): number | undefined {
  const share = /^(\d+)%$/.exec(String(at.value ?? ''))?.[1];
  return share === undefined ? at.number() : round((Number(share) / 100) * total);
}
