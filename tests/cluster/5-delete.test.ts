// deploy-all.sh --delete leaves nothing of ours in the cluster, and succeeds when run twice.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { deploy, deployAll, findKubernetes, type Kubernetes, kubectl } from '../support/kubernetes';

const OURS = 'app.kubernetes.io/part-of=grpc-load-balancing';

describe('deploy-all.sh --delete', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    before(() => deploy(kubernetes));

    it('removes every object of the project in under 120 s, cluster-wide ones included', async () => {
      const startedMs = Date.now();
      await deployAll(kubernetes, '--delete');
      assert.ok(Date.now() - startedMs < 120_000, `it took ${Date.now() - startedMs} ms`);
      assert.deepEqual(await leftovers(kubernetes), []);
    });

    it('exits 0 when there is nothing left to delete', async () => {
      await deployAll(kubernetes, '--delete');
    });
  });
});

/** Objects of every kind that the API serves, in every namespace, with the label of this project. */
async function leftovers(kubernetes: Kubernetes): Promise<string[]> {
  const found: string[] = [];
  for (const namespaced of ['true', 'false']) {
    const kinds = await kubectl(
      kubernetes,
      'api-resources',
      '--verbs=list',
      `--namespaced=${namespaced}`,
      '-o',
      'name',
    );
    const list = kinds.trim().split('\n').join(',');
    const names = await kubectl(
      kubernetes,
      'get',
      list,
      '--all-namespaces',
      '-l',
      OURS,
      '-o',
      'name',
      '--ignore-not-found',
    );
    found.push(...names.split('\n').filter((name) => name !== ''));
  }
  return found;
}
