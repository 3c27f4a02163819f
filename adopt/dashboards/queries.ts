// The parts of queries that tell one service from another. What is chosen is Envoy's cluster; all else follows it, since of
// two matchers for the same label both have to hold.
import { SHIPPED } from '../objects/shipped-files';
import { readCounter } from '../service/counter';
import type { Service } from '../service/service';

/** `${cluster:text}` is the name of the Deployment; its pods are called NAME-REPLICASET-POD. */
const PODS = `pod=~"\${cluster:text}-[^-]+-[^-]+"`;
const CHOSEN = `namespace="$envoy_namespace",envoy_cluster_name="$cluster"`;

/** Matchers that select the pods of the chosen service. */
export function podsOf(services: readonly Service[]): string {
  const namespaces = [...new Set(services.map(({ namespace }) => namespace))];
  const isOne = namespaces.length === 1;
  return `namespace${isOne ? '=' : '=~'}"${namespaces.join('|')}",${PODS}`;
}

/** How many pods Envoy sends calls to: it knows those without metrics, too. */
export const HEALTHY_PODS = `max(envoy_cluster_membership_healthy{${CHOSEN}})`;

/** A series of Envoy's for the chosen service, where that is one of `some`; `others` are the rest. */
export function ofEnvoy(series: string, some: readonly Service[], others: readonly Service[]): string {
  const ids = some.map(({ id }) => id).join('|');
  return `${series}{${CHOSEN}${others.length === 0 ? '' : `,envoy_cluster_name=~"${ids}"`}}`;
}

/** A number that each service has its own of; `number` is written as it is where there is one service alone. */
export function numberOf(services: readonly Service[], number: (service: Service) => number): string {
  const [only, ...more] = services;
  if (only !== undefined && more.length === 0) return String(number(only));
  return `scalar(${services.map((service) => `${number(service)} * ${isChosen(service)}`).join(' or ')})`;
}

/**
 * Calls per second as the shipped rules of the adapter count them, where they are explained.
 * @param add `sum`, or `sum by (pod) ` @param counter a counter with its matchers
 */
export function followed(add: string, counter: string): string {
  const [newest, whole] = [`(rate(${counter}[10s]))`, `(rate(${counter}[30s]))`];
  const isMoreThanChance = `sum${newest} - 3 * sqrt(sum${newest} / 5) > sum${whole}`;
  return `${add}${newest} and on () ${isMoreThanChance} or ${add}${whole}`;
}

/** Calls per second of the chosen service, as the rule of its autoscaler counts them; one number. */
export function loadOf(services: readonly Service[]): string {
  return either(services, (service) => `(${followed('sum', counterOf(service))})`);
}

/** The same by pod, or where Envoy counts by the address of the pod. */
export function loadByPod(services: readonly Service[]): string {
  return either(services, (service) => {
    if (service.scaling.counter !== undefined) return `(${followed('sum by (pod) ', counterOf(service))})`;
    const series = `envoy_cluster_endpoint_rq_total{${CHOSEN},envoy_cluster_name="${service.id}"}`;
    return `(${followed('sum by (envoy_endpoint_address) ', series)})`;
  });
}

/** @returns 1 for the cluster that is chosen, and nothing for another */
function isChosen({ id }: Service): string {
  return `group(envoy_cluster_membership_total{${CHOSEN},envoy_cluster_name="${id}"})`;
}

function either(services: readonly Service[], query: (service: Service) => string): string {
  const parts = services.map((service) => {
    const isNarrow = services.length === 1 || service.scaling.counter === undefined;
    return isNarrow ? query(service) : `${query(service)} and on () ${isChosen(service)}`;
  });
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' or ')})`;
}

function counterOf({ id, name, namespace, scaling }: Service): string {
  if (scaling.counter === undefined) {
    return `envoy_cluster_upstream_rq_total{${CHOSEN},envoy_cluster_name="${id}"}`;
  }
  const { series, matchers } = readCounter(scaling.counter);
  const pods = `namespace="${namespace}",pod=~"${name}-[^-]+-[^-]+"`;
  return `${series}{${[pods, matchers].filter(Boolean).join(',')}}`;
}

/** What the HPA of the Envoys follows. */
export function envoySeries(services: readonly Service[]): string {
  const ids = services.map(({ id }) => id);
  const matcher = ids.length === 1 ? `="${ids[0]}"` : `=~"${ids.join('|')}"`;
  return `envoy_cluster_upstream_rq_total{namespace="${SHIPPED.envoy}",envoy_cluster_name${matcher}}`;
}
