// All experiments, in the order in which they tell the story.
import type { Experiment } from '../experiment';
import type { Sizes } from '../records/params';
import { autoscale } from './autoscale';
import { clientSide } from './client-side';
import { crash } from './crash';
import { deletePods } from './delete';
import { dnsOutage } from './dns-outage';
import { endurance } from './endurance';
import { envoyCrash } from './envoy-crash';
import { envoyRollout } from './envoy-rollout';
import { foreignClients } from './foreign-clients';
import { foreignServers } from './foreign-servers';
import { hang } from './hang';
import { metricsOutage } from './metrics-outage';
import { newChannelPerCall } from './new-channel-per-call';
import { noBalancing } from './no-balancing';
import { outage } from './outage';
import { policies } from './policies';
import { rollout } from './rollout';
import { scaleDown } from './scale-down';
import { scaleUp } from './scale-up';
import { slowPod } from './slow-pod';
import { spread } from './spread';
import { streamAge } from './stream-age';
import { streams } from './streams';
import { twoTiers } from './two-tiers';
import { unready } from './unready';

/** Each experiment takes its own sizes, and its runner passes it no others. */
function known<S extends Sizes>(experiment: Experiment<S>): Experiment {
  return experiment as unknown as Experiment;
}

export const EXPERIMENTS: readonly Experiment[] = [
  known(noBalancing),
  known(clientSide),
  known(newChannelPerCall),
  known(spread),
  known(policies),
  known(slowPod),
  known(twoTiers),
  known(streams),
  known(streamAge),
  known(scaleUp),
  known(scaleDown),
  known(rollout),
  known(deletePods),
  known(crash),
  known(hang),
  known(unready),
  known(envoyRollout),
  known(envoyCrash),
  known(outage),
  known(foreignClients),
  known(foreignServers),
  known(dnsOutage),
  known(autoscale),
  known(metricsOutage),
  known(endurance),
];
