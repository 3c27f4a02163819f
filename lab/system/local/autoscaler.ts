// What an autoscaler would want of the local system: the bounds and the target of its HPA, applied to what Prometheus
// says. Nothing acts on it.
import { type AutoscalerManifest, readAutoscaler, replicasFor } from '../../../manifest-reader/autoscaler';
import type { Tier } from '../../records/event';
import { recordMetric } from '../../records/metric-reading';
import type { Recorder } from '../../records/recorder';
import type { Meters, Pods } from '../system';

export interface LocalAutoscalerDeps {
  readonly manifestsRoot: string;
  readonly recorder: Pick<Recorder, 'event'>;
  readonly queriedMetric: Meters['queriedMetric'];
}

export function createLocalAutoscaler(
  deps: LocalAutoscalerDeps,
): Pick<Meters, 'autoscaler'> & Pick<Pods, 'aimAutoscaler'> {
  const { manifestsRoot, recorder, queriedMetric } = deps;
  const shipped: Readonly<Record<Tier, AutoscalerManifest>> = {
    'grpc-server': readAutoscaler(manifestsRoot, 'grpc-server'),
    envoy: readAutoscaler(manifestsRoot, 'envoy'),
  };
  const targets = new Map<Tier, number>();
  return {
    aimAutoscaler: async (tier, target) => void targets.set(tier, target),
    autoscaler: async (tier) => {
      const { metric: name, minReplicas, maxReplicas, target: shippedTarget } = shipped[tier];
      const target = targets.get(tier) ?? shippedTarget;
      const values = (await queriedMetric(name, tier)) ?? new Map<string, number>();
      const metric = recordMetric(recorder, name, { source: 'autoscaler', target }, values);
      const sum = [...values.values()].reduce((total, value) => total + value, 0);
      const desiredReplicas = replicasFor(sum, { target, minReplicas, maxReplicas });
      return { minReplicas, maxReplicas, desiredReplicas, metric, target, wantsMore: false, isActing: false };
    },
  };
}
