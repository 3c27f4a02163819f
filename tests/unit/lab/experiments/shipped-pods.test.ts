// Experiments that break the system as it is deployed take its numbers of pods from the system, which has read the HPAs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Experiment } from '../../../../lab/experiment';
import { autoscale } from '../../../../lab/experiments/autoscale';
import { crash } from '../../../../lab/experiments/crash';
import { deletePods } from '../../../../lab/experiments/delete';
import { dnsOutage } from '../../../../lab/experiments/dns-outage';
import { envoyRollout } from '../../../../lab/experiments/envoy-rollout';
import { hang } from '../../../../lab/experiments/hang';
import { metricsOutage } from '../../../../lab/experiments/metrics-outage';
import { outage } from '../../../../lab/experiments/outage';
import { rollout } from '../../../../lab/experiments/rollout';
import { fakeRun } from './fake-system';

/** Their waits for servers are for as many as the load asks for. */
const FOLLOW_LOAD: readonly unknown[] = [autoscale, metricsOutage];
const ALL = [autoscale, crash, deletePods, dnsOutage, envoyRollout, hang, metricsOutage, outage, rollout];
const WAITS = ['until-ready grpc-server 4', 'until-ready envoy 3', 'until-routed 4'];

describe('an experiment with the system as it is shipped', () => {
  for (const experiment of ALL) {
    it(`has as many pods as the manifests ask for: ${experiment.name}`, async () => {
      const { system, recorder, context, log } = fakeRun({ servers: 4, envoys: 3 });
      await (experiment as Experiment).run(system, recorder, experiment.sizes.quick, context);
      assert.equal(log[0], 'settle 4 3');
      if (FOLLOW_LOAD.includes(experiment)) return;
      const waits = log.filter((line) => line.startsWith('until-ready') || line.startsWith('until-routed'));
      assert.ok(
        waits.every((line) => WAITS.includes(line)),
        waits.join(', '),
      );
    });
  }
});
