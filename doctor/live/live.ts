// What rules about a running system ask: its objects and the calls that were watched.
import type { Chain } from '../chain/chain';
import type { Observation, RuleText } from '../rules/rule';
import type { LiveCluster } from './cluster/read-cluster';
import type { Spread } from './traffic/spreads';
import type { Traffic } from './traffic/watch';

export interface Live {
  readonly cluster: LiveCluster;
  /** Of the cluster alone, without files that are laid over it. */
  readonly chain: Chain;
  readonly traffic: Traffic;
  readonly spreads: readonly Spread[];
}

export interface LiveRule extends RuleText {
  /** The kinds that it cannot do without. */
  readonly needs: readonly string[];
  check(live: Live): readonly Observation[];
}
