// How many pods a tier has: through the bounds of its HPA, so that the autoscaler agrees, and through the Deployment's
// scale, so that a run does not wait for the autoscaler's next look.
import type { Tier } from '../../records/event';
import { type Api, unlessNotFound } from './api';
import { ANNOTATION_PREFIX, type Changes, type Part } from './changes';
import { type DeploymentObject, deploymentPath, type HpaMetric, type HpaObject, hpaPath } from './objects';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface Scaling {
  /** How many pods are wanted now. */
  wanted(tier: Tier): Promise<number>;
  /** Fixes the number of pods. */
  fix(tier: Tier, count: number): Promise<void>;
  /** Makes the autoscaler count with another target per pod; with the one that was deployed, if it is undefined. */
  aim(tier: Tier, target: number | undefined): Promise<void>;
  /** Gives the number of pods back to the autoscaler, within the bounds that were deployed. */
  release(tier: Tier): Promise<void>;
  /** The bounds that were deployed; undefined where no HPA was. */
  bounds(tier: Tier): Promise<Bounds | undefined>;
}

export function createScaling(api: Api, changes: Changes): Scaling {
  return {
    wanted: async (tier) => (await api.get<DeploymentObject>(deploymentPath(tier, tier))).spec.replicas ?? 1,
    fix: async (tier, count) => {
      // Without an HPA the Deployment's scale is all there is. An HPA takes no bounds of 0; it rests while its Deployment
      // is at 0, and so cannot undo it.
      if (count > 0) await changes.change(hpaBounds(tier), () => ({ min: count, max: count })).catch(unlessNotFound);
      await setReplicas(api, tier, tier, count);
    },
    aim: async (tier, target) => {
      if (target === undefined) {
        await changes.restore(hpaMetrics(tier));
        return;
      }
      // In thousandths, as the API keeps them.
      const averageValue = `${Math.round(target * 1000)}m`;
      await changes.change(hpaMetrics(tier), (metrics) =>
        metrics.map(({ pods, ...metric }) =>
          pods === undefined ? metric : { ...metric, pods: { ...pods, target: { ...pods.target, averageValue } } },
        ),
      );
    },
    release: async (tier) => {
      await changes.restore(hpaBounds(tier));
    },
    bounds: (tier) => changes.original(hpaBounds(tier)).catch(unlessNotFound),
  };
}

export async function setReplicas(api: Api, namespace: string, deployment: string, replicas: number): Promise<void> {
  await api.patch(`${deploymentPath(namespace, deployment)}/scale`, { spec: { replicas } });
}

function hpaBounds(tier: Tier): Part<HpaObject, Bounds> {
  return {
    what: `bounds of the HPA ${tier}`,
    path: hpaPath(tier),
    annotation: `${ANNOTATION_PREFIX}bounds`,
    kind: 'merge',
    read: ({ spec }) => ({ min: spec.minReplicas ?? 1, max: spec.maxReplicas }),
    write: ({ min, max }) => ({ spec: { minReplicas: min, maxReplicas: max } }),
  };
}

function hpaMetrics(tier: Tier): Part<HpaObject, readonly HpaMetric[]> {
  return {
    what: `metrics of the HPA ${tier}`,
    path: hpaPath(tier),
    annotation: `${ANNOTATION_PREFIX}metrics`,
    kind: 'merge',
    read: ({ spec }) => spec.metrics ?? [],
    write: (metrics) => ({ spec: { metrics } }),
  };
}

/** The replicas of a Deployment that no HPA scales. */
export function replicasPart(namespace: string, deployment: string): Part<DeploymentObject, number> {
  return {
    what: `replicas of ${deployment}`,
    path: deploymentPath(namespace, deployment),
    annotation: `${ANNOTATION_PREFIX}replicas`,
    kind: 'merge',
    read: ({ spec }) => spec.replicas ?? 1,
    write: (replicas) => ({ spec: { replicas } }),
  };
}
