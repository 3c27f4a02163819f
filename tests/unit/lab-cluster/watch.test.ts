// Following objects through breaks of the connection, and what a tier's watch records.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Recorder } from '../../../lab/records/recorder';
import type { KubernetesObject } from '../../../lab/system/cluster/objects';
import { type TierWatch, watchTier } from '../../../lab/system/cluster/tier-watch';
import { type Watch, watchObjects } from '../../../lab/system/cluster/watch';
import { waitFor } from '../../support/condition';
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes';
import { deployObjects, podObject, SERVER_DEPLOYMENT } from './sample-objects';

const PODS = '/api/v1/namespaces/grpc-server/pods';

describe('watchObjects()', () => {
  let kubernetes: FakeKubernetes;
  let watch: Watch;
  let seen: string[];
  const isWatching = () => waitFor('an open watch', 60_000, () => kubernetes.watchers(PODS) === 1 || undefined, 10);
  const version = (name: string, resourceVersion: string) => podObject(name, { metadata: { resourceVersion } });
  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
    kubernetes.objects.set(`${PODS}/a`, version('a', '1'));
    seen = [];
    watch = watchObjects<KubernetesObject>({
      api: kubernetes.api,
      path: PODS,
      selector: 'labelSelector=x',
      onChange: ({ metadata }) => seen.push(`${metadata.name} ${metadata.resourceVersion}`),
      onGone: ({ metadata }) => seen.push(`${metadata.name} gone`),
    });
    await watch.started;
    await isWatching();
  });
  afterEach(async () => {
    await watch.close();
    await kubernetes.close();
  });
  const until = (...expected: string[]) =>
    waitFor(expected.join(), 60_000, () => (seen.length >= expected.length ? true : undefined), 10).then(() =>
      assert.deepEqual(seen, expected),
    );

  it('tells what is there, what changes, and what goes', async () => {
    kubernetes.tell(PODS, 'MODIFIED', version('a', '2'));
    kubernetes.tell(PODS, 'BOOKMARK', version('', '3'));
    kubernetes.tell(PODS, 'DELETED', version('a', '4'));
    await until('a 1', 'a 2', 'a gone');
  });

  it('tells what it missed while the connection was broken', async () => {
    kubernetes.objects.delete(`${PODS}/a`);
    kubernetes.objects.set(`${PODS}/b`, version('b', '7'));
    kubernetes.breakWatches(PODS);
    await until('a 1', 'a gone', 'b 7');
    await isWatching();
  });

  it('begins again when its version is too old, and repeats nothing', async () => {
    kubernetes.tell(PODS, 'ERROR', { code: 410, metadata: {} });
    kubernetes.objects.set(`${PODS}/b`, version('b', '7'));
    await until('a 1', 'b 7');
  });
});

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

  it('knows the pods in the order of their start, without those that are over, and records each change once', async () => {
    assert.deepEqual(
      watch.pods().map(({ name }) => name),
      ['a', 'b'],
    );
    await waitFor('an open watch', 60_000, () => kubernetes.watchers(PODS) === 1 || undefined, 10);
    kubernetes.tell(PODS, 'DELETED', podObject('b'));
    kubernetes.tell(SERVER_DEPLOYMENT.replace(/\/[^/]+$/, ''), 'MODIFIED', {
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
