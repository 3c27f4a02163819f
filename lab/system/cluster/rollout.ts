// A Deployment's pods all replaced: asking for it, and seeing that it is done.

import { type WaitOptions, waitUntil } from '../wait-until';
import type { Api } from './api';
import { type DeploymentObject, deploymentPath } from './objects';

export interface DeploymentName {
  readonly namespace: string;
  readonly deployment: string;
}

/** Asks for new pods with the same settings, as `kubectl rollout restart` does. */
export async function restart(api: Api, { namespace, deployment }: DeploymentName, now: Date): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': now.toISOString() };
  await api.patch(deploymentPath(namespace, deployment), { spec: { template: { metadata: { annotations } } } });
}

/** Resolves when every pod is of the newest template and available, and the controller knows no other. */
export async function untilRolledOut(
  api: Api,
  { namespace, deployment }: DeploymentName,
  options: WaitOptions,
): Promise<void> {
  const look = async () => {
    const { metadata, spec, status = {} } = await api.get<DeploymentObject>(deploymentPath(namespace, deployment));
    const wanted = spec.replicas ?? 1;
    const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    if (observedGeneration < (metadata.generation ?? 0)) return 'the controller has not seen the change';
    if (updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted) return undefined;
    return `${updatedReplicas} of ${wanted} pods are new, ${replicas} there, ${availableReplicas} available`;
  };
  await waitUntil(`the rollout of ${deployment}`, look, { everyMs: 500, ...options });
}
