// What an autoscaler would want of the local system: the bounds and the target of its HPA, applied to what Prometheus
// says. Nobody acts on it.
import { readAutoscaler, replicasFor } from '../../autoscaler-manifest';
import type { Tier } from '../../records/event';
import type { Recorder } from '../../records/recorder';
import type { Meters, Pods } from '../../system';

export interface LocalAutoscalerDeps {
  readonly manifestsRoot: string;
  readonly recorder: Pick<Recorder, 'event'>;
  readonly queriedMetric: Meters['queriedMetric'];
}

export function createLocalAutoscaler(
  deps: LocalAutoscalerDeps,
): Pick<Meters, 'autoscaler'> & Pick<Pods, 'aimAutoscaler'> {
  const { manifestsRoot, recorder, queriedMetric } = deps;
  const targets = new Map<Tier, number>();
  return {
    aimAutoscaler: async (tier, target) => void targets.set(tier, target),
    autoscaler: async (tier) => {
      const shipped = readAutoscaler(manifestsRoot, tier);
      const manifest = { ...shipped, target: targets.get(tier) ?? shipped.target };
      const values = [...((await queriedMetric(manifest.metric, tier))?.values() ?? [])];
      const sum = values.reduce((total, value) => total + value, 0);
      const metric = values.length === 0 ? undefined : sum / values.length;
      const { minReplicas, maxReplicas, target } = manifest;
      if (metric !== undefined) {
        const detail = { value: metric, source: 'autoscaler', target, pods: values.length } as const;
        recorder.event('metric', { subject: manifest.metric, detail });
      }
      const desiredReplicas = replicasFor(sum, manifest);
      return { minReplicas, maxReplicas, desiredReplicas, metric, target, wantsMore: false, isActing: false };
    },
  };
}
