// Which pods the servers' headless Service has in DNS: those whose probes pass, or all.
import { ANNOTATION_PREFIX, type Changes, type Part } from './changes';
import type { KubernetesObject } from './objects';

interface ServiceObject extends KubernetesObject {
  readonly spec: { readonly publishNotReadyAddresses?: boolean };
}

/** grpc_server_k8s/service-headless.yaml. */
const PUBLISHES_UNREADY: Part<ServiceObject, boolean> = {
  what: 'addresses behind grpc-server-headless',
  path: '/api/v1/namespaces/grpc-server/services/grpc-server-headless',
  annotation: `${ANNOTATION_PREFIX}addresses`,
  kind: 'merge',
  read: ({ spec }) => spec.publishNotReadyAddresses ?? false,
  write: (publishNotReadyAddresses) => ({ spec: { publishNotReadyAddresses } }),
};

/** `isReadyOnly`: pods whose readiness probe fails leave DNS. Otherwise as it was deployed. */
export async function setServersName(changes: Changes, isReadyOnly: boolean): Promise<void> {
  if (isReadyOnly) await changes.change(PUBLISHES_UNREADY, () => false);
  else await changes.restore(PUBLISHES_UNREADY);
}
