// Reaches into pods through the API server: the port of a pod, from wherever kubectl works.
import type { Tier } from '../../records/event';
import type { Api } from './api';
import { podsPath } from './objects';

/** The port of a pod as the API server proxies it. */
export function podPort(namespace: string, pod: string, port: number): string {
  return `${podsPath(namespace)}/${pod}:${port}/proxy`;
}

/** Where a process shows its numbers: `port` and `path` of the annotations that Prometheus goes by. */
export interface MetricsAddress {
  readonly port: number;
  readonly path: string;
}

export const TIER_METRICS: Readonly<Record<Tier, MetricsAddress>> = {
  'grpc-server': { port: 9464, path: '/metrics' },
  envoy: { port: 9902, path: '/stats/prometheus' },
};
export const CLIENT_METRICS: MetricsAddress = { port: 9464, path: '/metrics' };

const TIMEOUT_MS = 5000;

/** The exposition of a pod, as Prometheus would read it. */
export function readMetrics(api: Api, namespace: string, pod: string, { port, path }: MetricsAddress): Promise<string> {
  return api.text(`${podPort(namespace, pod, port)}${path}`, TIMEOUT_MS);
}
