// What the parts of a cluster's system share: the way to the API, where events go, and who is who.

import type { Tier } from '../../records/event';
import type { Recorder } from '../../records/recorder';
import type { SystemChange } from '../system-change';
import type { Api } from './api';
import type { Changes } from './changes';
import type { Kubectl } from './kubectl';
import { TIERS } from './objects';
import type { Scaling } from './scaling';
import type { TierWatch } from './tier-watch';

export interface ClusterContext {
  readonly api: Api;
  readonly kubectl: Kubectl;
  readonly recorder: Recorder;
  readonly changes: Changes;
  readonly scaling: Scaling;
  readonly watches: Readonly<Record<Tier, TierWatch>>;
  /** What is broken in this run. */
  readonly change: SystemChange;
  /** The run's folder. */
  readonly folder: string;
  /** Aborts when the system is closed. */
  readonly signal: AbortSignal;
}

/** @throws Error when there is no pod of that name any more */
export function findTier({ watches }: Pick<ClusterContext, 'watches'>, pod: string): Tier {
  const names = new Map(TIERS.flatMap((tier) => watches[tier].pods().map(({ name }) => [name, tier] as const)));
  const tier = names.get(pod);
  if (tier === undefined) throw new Error(`there is no pod "${pod}"; there are ${[...names.keys()].join(', ')}`);
  return tier;
}
