// Quick experiments on the pods of the cluster: the same files as on loopback, with the same claims.
import { describe } from 'node:test';
import { deploy, findKubernetes, type Kubernetes } from '../support/kubernetes';
import { itRuns } from '../support/lab-run';

const NAMES = ['spread', 'scale-up', 'crash', 'envoy-rollout'];

describe('npm run lab -- run, quick', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    itRuns(NAMES, {
      backend: 'cluster',
      env: { ...kubernetes?.env, LAB_CONTEXT: kubernetes?.context },
      prepare: () => deploy(kubernetes),
    });
  });
});
