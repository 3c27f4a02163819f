// The way from pods to an autoscaler on loopback: a Prometheus, if one is installed, the adapter's queries, and what the
// HPAs would make of the answers. Without a Prometheus nothing of it can be read.
import type { FoundPrometheus } from '../../../local/prometheus/binary';
import { readAdapterRules } from '../../../manifest-reader/adapter-rules';
import type { Variables } from '../../../manifest-reader/pod-manifest';
import { changedRules } from '../prometheus/changed-rules';
import { createPrometheusMeters } from '../prometheus/meters';
import type { Meters, Pods } from '../system';
import { createLocalAutoscaler } from './autoscaler';
import { deploymentOf, type LocalContext, scrapedPods } from './context';
import { createLocalPrometheus, type LocalPrometheus } from './prometheus';

export interface MetricsChain extends Pick<LocalPrometheus, 'retarget' | 'close'> {
  readonly meters: Pick<Meters, 'customMetric' | 'queriedMetric' | 'windowedMetric' | 'scrapedAtMs' | 'autoscaler'> &
    Pick<Pods, 'aimAutoscaler'>;
}

export interface MetricsChainOptions {
  readonly found: FoundPrometheus;
  /** The folder that holds the `*_k8s` folders. */
  readonly manifestsRoot: string;
  readonly machineEnv: Variables;
}

export function createMetricsChain(context: LocalContext, options: MetricsChainOptions): MetricsChain {
  const { found, manifestsRoot, machineEnv } = options;
  const { recorder, folder, signal } = context;
  const unknown = async () => undefined;
  if (!found.ok) {
    const meters = {
      customMetric: unknown,
      queriedMetric: unknown,
      windowedMetric: unknown,
      scrapedAtMs: unknown,
      autoscaler: unknown,
      aimAutoscaler: unknown,
    };
    return { meters, retarget: () => {}, close: async () => {} };
  }
  const { ask, retarget, close } = createLocalPrometheus({
    binary: found.prometheus,
    manifestsRoot,
    folder,
    machineEnv,
    pods: () => scrapedPods(context),
    signal,
  });
  const meters = createPrometheusMeters({
    ask,
    rules: changedRules(readAdapterRules(manifestsRoot), context.change),
    recorder,
    podsOf: async (tier) => {
      const pods = deploymentOf(context, tier).pods();
      return pods.map(({ name }) => name);
    },
  });
  const autoscaler = createLocalAutoscaler({ manifestsRoot, recorder, queriedMetric: meters.queriedMetric });
  return { meters: { customMetric: unknown, ...meters, ...autoscaler }, retarget, close };
}
