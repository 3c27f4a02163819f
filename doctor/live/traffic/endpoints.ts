// Endpoints as EndpointSlices have them.
import type { Service } from '../../chain/service';
import type { ManifestObject } from '../../input/manifest-object';

export interface LiveEndpoint {
  readonly ip: string;
  /** `10.0.0.7:50051` when it is dialled at that port. */
  addressAt(port: number): string;
  readonly pod: string | undefined;
  readonly namespace: string;
  /** Of several slices, what all of them say. */
  readonly isReady: boolean;
  readonly service: string | undefined;
}

export function liveEndpoints(objects: readonly ManifestObject[]): readonly LiveEndpoint[] {
  return objects
    .filter(({ kind }) => kind === 'EndpointSlice')
    .flatMap(({ at, namespace }) => {
      const service = at.get('metadata', 'labels', 'kubernetes.io/service-name').text();
      const isV6 = at.get('addressType').value === 'IPv6';
      return at
        .get('endpoints')
        .items()
        .map((endpoint): LiveEndpoint => {
          const ip = endpoint.get('addresses', 0).text() ?? '';
          return {
            ip,
            addressAt: (port) => (isV6 ? `[${ip}]:${port}` : `${ip}:${port}`),
            pod: endpoint.get('targetRef', 'name').text(),
            namespace,
            // Without a word it is to be taken for ready (EndpointConditions of discovery.k8s.io/v1).
            isReady: endpoint.get('conditions', 'ready').value !== false,
            service,
          };
        });
    });
}

export function endpointsOf(endpoints: readonly LiveEndpoint[], { object }: Service): readonly LiveEndpoint[] {
  return endpoints.filter(({ service, namespace }) => service === object.name && namespace === object.namespace);
}

/** The endpoints behind an address of Envoy's. */
export function endpointsAt(endpoints: readonly LiveEndpoint[], address: string): readonly LiveEndpoint[] {
  const ip = address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return endpoints.filter((endpoint) => endpoint.ip === ip);
}
