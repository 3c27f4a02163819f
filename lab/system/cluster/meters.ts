// Reads what the system says of itself while it runs, and records each reading.

import { greeterStatistic } from '../../../local/envoy/envoy-statistics';
import { parseQuantity } from '../../../manifest-reader/autoscaler';
import { samplesOf } from '../../../prometheus-text/samples';
import type { Tier } from '../../records/event';
import { recordMetric } from '../../records/metric-reading';
import type { Recorder } from '../../records/recorder';
import type { PrometheusMeters } from '../prometheus/meters';
import { recordCounters, recordUse } from '../prometheus/readings';
import type { AutoscalerState, Hosts, Meters, ResourceUse } from '../system';
import { type Api, ApiError } from './api';
import { CLIENT, type HpaObject, hpaPath } from './objects';
import { CLIENT_METRICS, readMetrics, TIER_METRICS } from './pod-proxy';

/** Envoy writes a tenth of a megabyte for two gauges, which costs it and the API server 20 ms. */
const HOSTS_INTERVAL_MS = 200;

export interface MetersDeps {
  readonly api: Api;
  readonly recorder: Recorder;
  /** The tier that a pod belongs to; undefined if it is none of theirs. */
  readonly tierOf: (pod: string) => Tier | undefined;
  /** The pod that a load runs in. */
  readonly podOfLoad: (load: string) => string | undefined;
}

export function createMeters({ api, recorder, tierOf, podOfLoad }: MetersDeps): Omit<Meters, keyof PrometheusMeters> {
  const lastSeen = new Map<Tier, string>();
  const lastHosts = new Map<string, string>();
  const recently = rateLimited((envoyPod: string) => readHosts(api, envoyPod), HOSTS_INTERVAL_MS);
  const metricsOf = (pod: string): Promise<string> => {
    const load = podOfLoad(pod);
    if (load !== undefined) return readMetrics(api, CLIENT.namespace, load, CLIENT_METRICS);
    const tier = tierOf(pod);
    if (tier === undefined) throw new Error(`cannot read metrics: expected a pod or a load, got "${pod}"`);
    return readMetrics(api, tier, pod, TIER_METRICS[tier]);
  };

  return {
    counters: async (pod) => recordCounters(recorder, pod, await metricsOf(pod)),
    resources: async (pod) => recordUse(recorder, pod, readUse(await metricsOf(pod), pod)),
    hosts: async (envoyPod) => {
      const hosts = await recently(envoyPod);
      const seen = JSON.stringify(hosts);
      if (lastHosts.get(envoyPod) !== seen) recorder.event('hosts', { subject: envoyPod, detail: { ...hosts } });
      lastHosts.set(envoyPod, seen);
      return hosts;
    },
    customMetric: async (name, tier) => {
      const values = await readCustomMetric(api, name, tier);
      recordMetric(recorder, name, { source: 'custom-metrics' }, values);
      return values;
    },
    autoscaler: async (tier) => {
      const { name, state } = await readAutoscaler(api, tier);
      const { metric, target } = state;
      const seen = JSON.stringify(state);
      if (metric !== undefined && lastSeen.get(tier) !== seen) {
        recorder.event('metric', { subject: name, detail: { value: metric, source: 'autoscaler', target } });
      }
      lastSeen.set(tier, seen);
      return state;
    },
  };
}

/** What `read` returned for a name holds for `intervalMs`: an earlier question gets the same. */
function rateLimited<T>(read: (name: string) => Promise<T>, intervalMs: number): (name: string) => Promise<T> {
  const last = new Map<string, { readonly atMs: number; readonly value: Promise<T> }>();
  return (name) => {
    const known = last.get(name);
    const nowMs = performance.now();
    if (known !== undefined && nowMs - known.atMs < intervalMs) return known.value;
    const value = read(name);
    last.set(name, { atMs: nowMs, value });
    return value;
  };
}

/** Envoy's membership gauges of the cluster that stands for the servers. */
export async function readHosts(api: Api, envoyPod: string): Promise<Hosts> {
  const text = await readMetrics(api, 'envoy', envoyPod, TIER_METRICS.envoy);
  const known = greeterStatistic(text, 'membership_total');
  const healthy = greeterStatistic(text, 'membership_healthy');
  if (known === undefined || healthy === undefined) {
    throw new Error(`cannot read the hosts of ${envoyPod}: expected envoy_cluster_membership_total and _healthy`);
  }
  return { known, healthy };
}

/** The one value of `name`; undefined if it is not there. */
function sampleOf(text: string, name: string): number | undefined {
  return samplesOf(text, name)[0]?.value;
}

function readUse(text: string, pod: string): ResourceUse {
  const residentBytes =
    sampleOf(text, 'process_resident_memory_bytes') ?? sampleOf(text, 'envoy_server_memory_physical_size');
  if (residentBytes === undefined) {
    throw new Error(`cannot read what ${pod} uses: expected process_resident_memory_bytes or Envoy's memory gauges`);
  }
  return {
    residentBytes,
    cpuSeconds: sampleOf(text, 'process_cpu_seconds_total'),
    openDescriptors: sampleOf(text, 'process_open_fds'),
  };
}

interface MetricValues {
  readonly items: readonly { readonly describedObject: { readonly name: string }; readonly value: string }[];
}

/** Empty while the metrics chain has no answer. */
async function readCustomMetric(api: Api, name: string, tier: Tier): Promise<ReadonlyMap<string, number>> {
  const selector = encodeURIComponent(`app.kubernetes.io/name=${tier}`);
  const path = `/apis/custom.metrics.k8s.io/v1beta1/namespaces/${tier}/pods/*/${name}?labelSelector=${selector}`;
  try {
    const { items } = await api.get<MetricValues>(path);
    return new Map(items.map(({ describedObject, value }) => [describedObject.name, parseQuantity(value)]));
  } catch (thrown) {
    // 404: the adapter knows no such series. 500 and above: it is away, or Prometheus is.
    if (thrown instanceof ApiError && (thrown.status === 404 || thrown.status >= 500)) return new Map();
    throw thrown;
  }
}

async function readAutoscaler(api: Api, tier: Tier): Promise<{ name: string; state: AutoscalerState }> {
  const { spec, status = {} } = await api.get<HpaObject>(hpaPath(tier));
  const aim = spec.metrics?.[0]?.pods;
  if (aim?.target.averageValue === undefined) {
    throw new Error(`cannot read the HPA ${tier}: expected a Pods metric with an averageValue`);
  }
  const seen = status.currentMetrics?.[0]?.pods?.current.averageValue;
  return {
    name: aim.metric.name,
    state: {
      minReplicas: spec.minReplicas ?? 1,
      maxReplicas: spec.maxReplicas,
      desiredReplicas: status.desiredReplicas ?? 0,
      metric: seen === undefined ? undefined : parseQuantity(seen),
      target: parseQuantity(aim.target.averageValue),
      wantsMore:
        status.conditions?.some(({ type, reason }) => type === 'ScalingLimited' && reason === 'TooManyReplicas') ??
        false,
      isActing: true,
    },
  };
}
