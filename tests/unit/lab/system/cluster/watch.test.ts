// Following objects through breaks of the connection.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { KubernetesObject } from '../../../../../lab/system/cluster/objects';
import { type Watch, watchObjects } from '../../../../../lab/system/cluster/watch';
import { waitFor } from '../../../../support/condition';
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes';
import { podObject } from './sample-objects';

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

  it('reports existing objects, changes, and deletions', async () => {
    kubernetes.tell(PODS, 'MODIFIED', version('a', '2'));
    kubernetes.tell(PODS, 'BOOKMARK', version('', '3'));
    kubernetes.tell(PODS, 'DELETED', version('a', '4'));
    await until('a 1', 'a 2', 'a gone');
  });

  it('reports what it missed while the connection was broken', async () => {
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
