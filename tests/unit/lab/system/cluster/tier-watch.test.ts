// What the watch of a tier records.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Recorder } from '../../../../../lab/records/recorder';
import { type TierWatch, watchTier } from '../../../../../lab/system/cluster/tier-watch';
import { waitFor } from '../../../../support/condition';
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes';
import { deployObjects, podObject, SERVER_DEPLOYMENT } from './sample-objects';

const PODS = '/api/v1/namespaces/grpc-server/pods';

describe('watchTier()', () => {
  let kubernetes: FakeKubernetes;
  let watch: TierWatch;
  const events: string[] = [];
  const event = (kind: string, { subject, detail }: { subject?: string; detail?: object } = {}) =>
    void events.push([kind, subject, detail && JSON.stringify(detail)].filter(Boolean).join(' '));
  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
    deployObjects(kubernetes);
    kubernetes.objects.set(`${PODS}/b`, podObject('b', { metadata: { creationTimestamp: '2026-01-01T00:00:02Z' } }));
    kubernetes.objects.set(`${PODS}/a`, podObject('a'));
    kubernetes.objects.set(`${PODS}/old`, podObject('old', { status: { phase: 'Failed' } }));
    watch = watchTier(kubernetes.api, { event } as unknown as Recorder, 'grpc-server');
    await watch.started;
  });
  afterEach(async () => {
    await watch.close();
    await kubernetes.close();
  });

  it('lists the pods in the order of their start, without ended ones, and records each change once', async () => {
    assert.deepEqual(
      watch.pods().map(({ name }) => name),
      ['a', 'b'],
    );
    const deployments = SERVER_DEPLOYMENT.replace(/\/[^/]+$/, '');
    // What is told before a watch is open, it does not hear of.
    const areOpen = () => [PODS, deployments].every((path) => kubernetes.watchers(path) === 1) || undefined;
    await waitFor('open watches', 60_000, areOpen, 10);
    kubernetes.tell(PODS, 'DELETED', podObject('b'));
    // Two watches: what each hears has no order with what the other hears.
    await waitFor('the end of a pod', 60_000, () => events.includes('pod-gone b') || undefined, 10);
    kubernetes.tell(deployments, 'MODIFIED', {
      metadata: { name: 'grpc-server', resourceVersion: '9' },
      spec: { replicas: 4 },
    });
    await waitFor('both changes', 60_000, () => (events.length >= 8 ? true : undefined), 10);
    assert.deepEqual(events.slice(0, 5).sort(), [
      'pod-ready a',
      'pod-ready b',
      'pod-started a',
      'pod-started b',
      'replicas grpc-server {"desired":3,"ready":2}',
    ]);
    assert.deepEqual(events.slice(5).sort().at(-1), 'replicas grpc-server {"desired":4,"ready":1}');
    assert.ok(events.includes('pod-gone b'));
  });
});
