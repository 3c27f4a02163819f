// Rolling restarts, also while other things happen.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DeploymentBench, MANIFEST } from './deployment-bench';

describe('createDeployment()', () => {
  let bench: DeploymentBench;
  beforeEach(() => {
    bench = new DeploymentBench('127.77.32');
  });
  afterEach(() => bench.close());

  it('roll() waits after each new pod as long as the manifest says', async () => {
    await bench.deployment.scale(1);
    const startedAt = Date.now();
    await bench.deployment.roll();
    assert.ok(Date.now() - startedAt >= MANIFEST.minReadyMs);
    assert.deepEqual(
      bench.history.filter((line) => /ready|draining/.test(line)),
      ['pod-1 ready', 'pod-2 ready', 'pod-1 draining'],
    );
  });

  it('roll() replaces every pod, with one more than wanted and never one less', async () => {
    await bench.deployment.scale(3);
    [bench.mostReady, bench.leastReady] = [0, Number.POSITIVE_INFINITY];
    await bench.deployment.roll();
    await bench.deployment.settled();
    assert.deepEqual(bench.states(), ['pod-4 ready', 'pod-5 ready', 'pod-6 ready']);
    assert.equal(bench.mostReady, 4);
    assert.equal(bench.leastReady, 3);
  });

  it('roll() and scale() at once end with the wanted number of new pods', async () => {
    await bench.deployment.scale(2);
    const rolled = bench.deployment.roll();
    await bench.deployment.scale(4);
    await rolled;
    await bench.deployment.settled();
    assert.equal(bench.deployment.pods().length, 4);
    assert.ok(bench.deployment.pods().every((pod) => pod.generation === 1));
  });

  it('roll() survives the kill of a pod', async () => {
    await bench.deployment.scale(3);
    const rolled = bench.deployment.roll();
    await bench.deployment.kill('pod-2');
    await rolled;
    await bench.deployment.settled();
    assert.equal(bench.deployment.pods().length, 3);
    assert.ok(bench.deployment.pods().every((pod) => pod.generation === 1 && pod.state === 'ready'));
  });
});
