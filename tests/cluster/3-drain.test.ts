// Pods that leave in order: an Envoy runs its preStop to the end, a server drains, and the client loses no call over it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { objects } from '../support/cluster-state';
import { deploy, findKubernetes, type Kubernetes, kubectl } from '../support/kubernetes';

describe('leaving pods', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    before(() => deploy(kubernetes));

    it('an Envoy asks its clients to leave and waits for them before it stops', async () => {
      const log = await lastWords(kubernetes, 'envoy');
      assert.match(log, /preStop: drained in \d+ s, connections left: 0/);
    });

    it('a server says NOT_SERVING, drains and stops by itself', async () => {
      const log = await lastWords(kubernetes, 'grpc-server');
      assert.match(log, /"msg":"draining".*"msg":"stopped"/s);
    });

    it('the client lost no call', async () => {
      const log = await kubectl(kubernetes, '-n', 'grpc-client', 'logs', 'deployment/grpc-client', '--since=5m');
      const tallies = log.split('\n').filter((line) => line.includes('"msg":"tally"'));
      assert.ok(tallies.length > 0, 'the client wrote no tally');
      assert.deepEqual(
        tallies.filter((line) => !line.includes('"failed":0')),
        [],
      );
    });
  });
});

/** Deletes the oldest pod of a namespace and returns what it logged from then to its end. */
async function lastWords(kubernetes: Kubernetes, namespace: string): Promise<string> {
  const [pod] = await objects(kubernetes, 'pods', '-n', namespace, '--sort-by=.metadata.creationTimestamp');
  assert.ok(pod, `there is no pod in ${namespace}`);
  const { name } = pod.metadata;
  const args = ['--context', kubernetes.context, '-n', namespace, 'logs', name, '--follow', '--since=1s'];
  const follower = spawn('kubectl', args, { env: kubernetes.env, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  follower.stdout.on('data', (chunk) => {
    log += chunk;
  });
  const followed = new Promise((resolve) => follower.once('close', resolve));
  await kubectl(kubernetes, '-n', namespace, 'delete', 'pod', name, '--wait', '--timeout=90s');
  await followed;
  return log;
}
