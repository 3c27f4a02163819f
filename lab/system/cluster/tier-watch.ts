// The state of a tier at any moment: its pods and how many are wanted, as the API reports them. Records each change.
import type { Tier } from '../../records/event';
import type { Recorder } from '../../records/recorder';
import type { PodInfo } from '../system';
import type { Api } from './api';
import { type DeploymentObject, type PodObject, podsPath } from './objects';
import { type PodState, podChanges, readPod } from './pod-state';
import { watchObjects } from './watch';

export interface TierWatch {
  /** Resolves when the pods that exist now are known. */
  readonly started: Promise<void>;
  /** Oldest first, those that drain included. */
  pods(): readonly PodInfo[];
  /** How often the pod's container was started again; undefined if there is no such pod. */
  restarts(pod: string): number | undefined;
  close(): Promise<void>;
}

export function watchTier(api: Api, recorder: Recorder, tier: Tier): TierWatch {
  const states = new Map<string, PodState>();
  let wanted: number | undefined;
  let recorded = '';
  let isListed = false;

  function take(name: string, after: PodState | undefined): void {
    const before = states.get(name);
    for (const { kind, detail } of podChanges(tier, before, after)) {
      recorder.event(kind, { subject: name, ...(detail && { detail }) });
    }
    if (after === undefined) states.delete(name);
    else states.set(name, after);
    recordReplicas();
  }

  function recordReplicas(): void {
    // Half a list would say that some are not ready.
    if (wanted === undefined || !isListed) return;
    const ready = [...states.values()].filter(({ isReady, isDraining }) => isReady && !isDraining).length;
    if (recorded === `${wanted} ${ready}`) return;
    recorded = `${wanted} ${ready}`;
    recorder.event('replicas', { subject: tier, detail: { desired: wanted, ready } });
  }

  const pods = watchObjects<PodObject>({
    api,
    path: podsPath(tier),
    selector: `labelSelector=${encodeURIComponent(`app.kubernetes.io/name=${tier}`)}`,
    onChange: (pod) => {
      // Evicted and completed pods stay in the API as a memory of themselves.
      const isOver = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
      if (!isOver) take(pod.metadata.name, readPod(pod, tier));
      else if (states.has(pod.metadata.name)) take(pod.metadata.name, undefined);
    },
    onGone: ({ metadata }) => {
      if (states.has(metadata.name)) take(metadata.name, undefined);
    },
  });
  const deployment = watchObjects<DeploymentObject>({
    api,
    path: `/apis/apps/v1/namespaces/${tier}/deployments`,
    selector: `fieldSelector=${encodeURIComponent(`metadata.name=${tier}`)}`,
    onChange: ({ spec }) => {
      wanted = spec.replicas;
      recordReplicas();
    },
    onGone: () => {
      wanted = undefined;
    },
  });
  return {
    started: Promise.all([pods.started, deployment.started]).then(() => {
      isListed = true;
      recordReplicas();
    }),
    // The map has the order of first sight, which settles what the API's whole seconds leave open.
    pods: () =>
      [...states.values()]
        .sort((left, right) => Date.parse(left.createdAt) - Date.parse(right.createdAt))
        .map(({ name, isReady, isDraining }) => ({ name, tier, isReady, isDraining })),
    restarts: (pod) => states.get(pod)?.restarts,
    close: async () => {
      await Promise.all([pods.close(), deployment.close()]);
    },
  };
}
