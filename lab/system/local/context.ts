// What the parts of a local system share: the running stack, where events go, and who is who.

import type { RunCommand } from '../../../command-line/run-command';
import type { Deployment } from '../../../local/pods/deployment';
import type { Pod } from '../../../local/pods/pod';
import type { ScrapedPod } from '../../../local/prometheus/config';
import type { Stack } from '../../../local/stack';
import type { Manifests } from '../../../manifest-reader/manifests';
import type { EventOf, Tier } from '../../records/event';
import type { Recorder } from '../../records/recorder';
import type { SystemChange } from '../system-change';

export interface LocalContext {
  readonly stack: Stack;
  readonly manifests: Manifests;
  readonly recorder: Recorder;
  /** What is broken in this run. */
  readonly change: SystemChange;
  /** The run's folder. */
  readonly folder: string;
  /** Envoy runs in a container, so its process number is that of the engine's client. */
  readonly hasContainers: boolean;
  readonly run: RunCommand;
  /** Aborts when the system is closed. */
  readonly signal: AbortSignal;
}

export function deploymentOf({ stack }: Pick<LocalContext, 'stack'>, tier: Tier): Deployment {
  return tier === 'envoy' ? stack.envoys : stack.servers;
}

export function tierOfPod({ stack }: Pick<LocalContext, 'stack'>, pod: string): Tier {
  return pod.startsWith(`${stack.envoys.name}-`) ? 'envoy' : 'grpc-server';
}

/** @throws Error when there is no pod of that name any more */
export function findPod(context: Pick<LocalContext, 'stack'>, name: string): Pod {
  const all = [...context.stack.servers.pods(), ...context.stack.envoys.pods()];
  const pod = all.find((each) => each.name === name);
  if (pod === undefined) {
    throw new Error(`there is no pod "${name}"; there are ${all.map((each) => each.name).join(', ')}`);
  }
  return pod;
}

/** All pods of both tiers, as Prometheus is to find them. */
export function scrapedPods({ stack, manifests }: Pick<LocalContext, 'stack' | 'manifests'>): readonly ScrapedPod[] {
  const tiers = [
    [stack.servers, manifests.server],
    [stack.envoys, manifests.envoy],
  ] as const;
  return tiers.flatMap(([deployment, manifest]) =>
    deployment.pods().map(({ name, address }) => ({ name, address, manifest })),
  );
}

export type SignalName = NonNullable<EventOf<'signal'>['detail']>['signal'];
