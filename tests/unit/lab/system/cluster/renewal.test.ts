// The pods of a tier are replaced at once, also while another client of the API wants another number of them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Tier } from '../../../../../lab/records/event';
import { createRenewal } from '../../../../../lab/system/cluster/renewal';
import type { TierWatch } from '../../../../../lab/system/cluster/tier-watch';
import type { PodInfo } from '../../../../../lab/system/system';
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes';
import { deployObjects, SERVER_DEPLOYMENT } from './sample-objects';

const SCALE = `${SERVER_DEPLOYMENT}/scale`;
const WITHIN = { withinMs: 60_000, signal: new AbortController().signal };

describe('createRenewal()', { timeout: 20_000 }, () => {
  let kubernetes: FakeKubernetes;
  let pods: PodInfo[];
  /** What was asked of the Deployment's scale. */
  let asked: number[];
  let onScale: (replicas: number) => void;

  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
    deployObjects(kubernetes);
    pods = ['old-1', 'old-2', 'old-3'].map((name) => podInfo(name));
    asked = [];
    onScale = (replicas) => {
      pods = replicas === 0 ? [] : pods;
    };
  });
  afterEach(() => kubernetes.close());

  const renewal = () => {
    const api = {
      ...kubernetes.api,
      patch: async (path: string, patch: { spec: { replicas: number } }) => {
        assert.equal(path, SCALE);
        asked.push(patch.spec.replicas);
        onScale(patch.spec.replicas);
      },
    } as unknown as FakeKubernetes['api'];
    return createRenewal(api, { 'grpc-server': { pods: () => pods } } as unknown as Record<Tier, TierWatch>);
  };

  it('asks for no pods, and for the new ones when all are gone', async () => {
    await renewal().renew('grpc-server', 3, WITHIN);
    assert.deepEqual(asked, [0, 3]);
  });

  it('asks for no pods again when an autoscaler has set its own number in between', async () => {
    onScale = () => {
      pods = asked.length === 1 ? ['new-1', 'new-2'].map((name) => podInfo(name)) : [];
    };
    await renewal().renew('grpc-server', 3, WITHIN);
    assert.deepEqual(asked, [0, 0, 3]);
  });

  it('ends pods that drain without waiting for them, and no others', async () => {
    pods = [podInfo('stays'), podInfo('leaves', true)];
    kubernetes.answer('DELETE /api/v1/namespaces/grpc-server/pods/leaves', (response) => {
      pods = [podInfo('stays')];
      response.end('{}');
    });
    await renewal().endDraining('grpc-server', 1, WITHIN);
    assert.deepEqual(kubernetes.writes, ['DELETE /api/v1/namespaces/grpc-server/pods/leaves?gracePeriodSeconds=0']);
    assert.deepEqual(asked, []);
  });
});

function podInfo(name: string, isDraining = false): PodInfo {
  return { name, tier: 'grpc-server', isReady: true, isDraining };
}
