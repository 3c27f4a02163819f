// What the comments of the shipped YAML call the greeter and its neighbours, and what they call the user's service instead.

import { folderOf, metricName, serviceMetricName } from '../service/names';
import type { Service } from '../service/service';
import { SHIPPED } from './shipped-files';

/** For `renameInComments`: the longest first. Where several services stand behind Envoy, comments name the first. */
export function commentWords(
  services: readonly Service[],
  service = services[0],
): readonly (readonly [string, string])[] {
  if (service === undefined) return [];
  const folder = folderOf(service, services);
  const { scaling } = service;
  const [only, ...more] = service.callers.namespaces;
  const callers = only !== undefined && more.length === 0 ? only : 'any caller';
  // Files of the project that a folder of the user's does not have.
  const files: readonly (readonly [string, string])[] = isGreeter(service)
    ? []
    : [
        // Whose autoscaler follows the metric of a Service, if this one's does not.
        [`${SHIPPED.folder}/envoy-load/hpa.yaml`, scaling.counter === undefined ? `${folder}/hpa.yaml` : 'a service'],
        [`${SHIPPED.folder}/deployment.yaml`, `the Deployment ${service.name}`],
        ['The presets of its variables', 'Its numbers'],
        ['server/metrics.ts', service.name],
        ['greeter.proto', 'the proto'],
        ['docs/metrics.md', 'the statistics'],
        ['grpc_client_k8s/networkpolicy-linkerd.yaml', 'a policy of theirs'],
        ['grpc_client_k8s/linkerd/configmap.yaml', 'the callers'],
        [`${SHIPPED.folder}/networkpolicy-linkerd.yaml`, `${folder}/last/networkpolicy-linkerd.yaml`],
        ['so at least two of three answer', 'so that the others answer'],
        ['GRPC_SERVER_PORT', 'the port'],
        ['GRPC_PORT', 'port'],
      ];
  return [
    ...files,
    [SHIPPED.ownMetric, metricName(service)],
    [SHIPPED.serviceMetric, serviceMetricName(service)],
    [SHIPPED.folder, folder],
    [SHIPPED.name, service.name],
    [SHIPPED.cluster, service.id],
    [SHIPPED.client, callers],
  ];
}

/** In the folder of a service, where no Deployment lies. */
export function ownCommentWords(
  services: readonly Service[],
  service: Service,
): readonly (readonly [string, string])[] {
  const words = commentWords(services, service);
  if (isGreeter(service)) return words;
  return [
    ['deployment.yaml beside this file', 'the Deployment that was there before'],
    ['deployment.yaml', 'that Deployment'],
    ...words,
  ];
}

function isGreeter({ name, namespace }: Service): boolean {
  return name === SHIPPED.name && namespace === SHIPPED.namespace;
}
