// What the objects that are written for a service are called. Each name is unique among the services of one folder, and
// none is a name that the user's own objects are likely to have.
import { SHIPPED } from '../objects/shipped-files';
import type { Service } from './service';

/** Where Envoy finds the pods: the DNS name of the headless Service. */
export function headlessHost(service: Service): string {
  return `${headlessName(service)}.${service.namespace}.svc.cluster.local`;
}

export function headlessName({ name }: Service): string {
  return `${name}-headless`;
}

/** `orders` in `orders_k8s/`; of two services with one name the second is called as its cluster. */
export function folderOf(service: Service, all: readonly Service[]): string {
  const first = all.find(({ name }) => name === service.name);
  const word = first?.id === service.id ? service.name : service.id;
  return `${word.replaceAll('-', '_')}_k8s`;
}

/** What its autoscaler follows, in the custom metrics API. @example `grpc_requests_total` is `grpc_requests_per_second` */
export function metricName(service: Service): string {
  const { counter } = service.scaling;
  return counter === undefined ? serviceMetricName(service) : counter.replace(/_(total|count)(\{.*)?$/, '_per_second');
}

/** What all Envoys pass on to it. A rule makes one metric of one Service, so only the shipped one has the name alone. */
export function serviceMetricName({ id }: Service): string {
  const { cluster, serviceMetric } = SHIPPED;
  return id === cluster ? serviceMetric : `${serviceMetric}_of_${id.replaceAll('-', '_')}`;
}

/** `50`, `300m`: a number as Kubernetes writes it. */
export function quantity(amount: number): string {
  return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
}
