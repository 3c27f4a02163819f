// Replaces the pods of a tier at once, for times without calls: a rolling update would take half a minute to lose
// nothing where there is nothing to lose.
import type { Tier } from '../../records/event';
import type { PodInfo } from '../system';
import { type WaitOptions, waitUntil } from '../wait-until';
import { type Api, unlessNotFound } from './api';
import { podsPath } from './objects';
import { setReplicas } from './scaling';
import type { TierWatch } from './tier-watch';

const EVERY_MS = 200;

export interface Renewal {
  /** Ends every pod of the tier and asks for `count` new ones, of whatever template the Deployment has now. */
  renew(tier: Tier, count: number, options: WaitOptions): Promise<void>;
  /** Resolves when no pod of the tier drains, and there are no more than `count`. */
  endDraining(tier: Tier, count: number, options: WaitOptions): Promise<void>;
}

export function createRenewal(api: Api, watches: Readonly<Record<Tier, TierWatch>>): Renewal {
  /** The API forgets a pod that drains; its process ends by itself when it is through. */
  async function forget(pods: readonly PodInfo[]): Promise<void> {
    for (const { name, tier, isDraining } of pods) {
      if (!isDraining) continue;
      await api.send('DELETE', `${podsPath(tier)}/${name}?gracePeriodSeconds=0`).catch(unlessNotFound);
    }
  }

  /** @param insist asks for it again at each look */
  async function endDraining(tier: Tier, count: number, options: WaitOptions, insist?: () => Promise<void>) {
    const look = async () => {
      const pods = watches[tier].pods();
      if (pods.length <= count && pods.every(({ isDraining }) => !isDraining)) return undefined;
      await insist?.();
      await forget(pods);
      return `there are ${pods.map(({ name }) => name).join(', ')}`;
    };
    await waitUntil(`at most ${count} pods of ${tier}`, look, { everyMs: EVERY_MS, ...options });
  }

  return {
    renew: async (tier, count, options) => {
      await setReplicas(api, tier, tier, 0);
      // Again until it is so: an autoscaler that has counted just before sets its own number in spite of the first 0. At
      // 0 it rests.
      await endDraining(tier, 0, options, () => setReplicas(api, tier, tier, 0));
      await setReplicas(api, tier, tier, count);
    },
    endDraining,
  };
}
