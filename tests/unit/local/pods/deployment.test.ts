import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { waitFor } from '../../../support/condition';
import { DeploymentBench, MANIFEST, SLEEP } from './deployment-bench';

describe('createDeployment()', () => {
  let bench: DeploymentBench;
  beforeEach(() => {
    bench = new DeploymentBench('127.77.31');
  });
  afterEach(() => bench.close());

  it('scale() starts pods, and each is in DNS once it is ready', async () => {
    await bench.deployment.scale(2);
    assert.deepEqual(bench.states(), ['pod-1 ready', 'pod-2 ready']);
    assert.deepEqual([...bench.inDns].sort(), ['127.77.31.1', '127.77.31.2']);
  });

  it('publishes every pod from start to end if unready pods are published, else only ready ones', async () => {
    bench.unready.add('127.77.31.1');
    const scaling = bench.deployment.scale(1);
    assert.deepEqual([bench.inDns, bench.existing], [[], ['127.77.31.1']], 'starting');
    bench.unready.clear();
    await scaling;
    assert.deepEqual([bench.inDns, bench.existing], [['127.77.31.1'], ['127.77.31.1']], 'ready');
    bench.unready.add('127.77.31.1');
    await waitFor('the pod is unready', 60_000, () => bench.states()[0] === 'pod-1 unready' || undefined, 10);
    assert.deepEqual([bench.inDns, bench.existing], [[], ['127.77.31.1']], 'unready');
    await bench.deployment.scale(0);
    assert.deepEqual([bench.inDns, bench.existing], [[], ['127.77.31.1']], 'draining');
    await bench.deployment.settled();
    assert.deepEqual([bench.inDns, bench.existing], [[], []], 'gone');
  });

  it('scale() down takes the youngest out of DNS at once and ends it in order', async () => {
    await bench.deployment.scale(3);
    await bench.deployment.scale(2);
    assert.deepEqual(bench.states(), ['pod-1 ready', 'pod-2 ready', 'pod-3 draining']);
    assert.deepEqual([...bench.inDns].sort(), ['127.77.31.1', '127.77.31.2']);
    await bench.deployment.settled();
    assert.deepEqual(bench.history.slice(-4), ['pod-3 draining', 'pod-3 preStop', 'pod-3 cleanUp', 'pod-3 gone']);
  });

  it('asks a pod to end by SIGTERM', async () => {
    bench.spec = {
      ...SLEEP,
      command: '/bin/sh',
      args: ['-c', 'trap "echo asked; exit 0" TERM; while :; do sleep 0.05; done'],
    };
    await bench.deployment.scale(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await bench.deployment.scale(0);
    await bench.deployment.settled();
    assert.ok(bench.history.includes('pod-1: asked'));
  });

  it('kills a pod that does not end within its grace period', async () => {
    // The loop keeps the shell alive: a shell that becomes its last command would take its signals as that one does.
    bench.spec = { ...SLEEP, command: '/bin/sh', args: ['-c', 'trap "" TERM; while :; do sleep 1; done'] };
    await bench.deployment.scale(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedAt = Date.now();
    await bench.deployment.scale(0);
    await bench.deployment.settled();
    assert.ok(Date.now() - startedAt >= MANIFEST.terminationGraceMs);
  });

  it('kill() replaces a pod by one with the next name and address; the dead one leaves DNS a moment later', async () => {
    await bench.deployment.scale(2);
    const dead = bench.deployment.pods().find((pod) => pod.name === 'pod-1')?.address ?? '';
    await bench.deployment.kill('pod-1');
    assert.ok(bench.inDns.includes(dead));
    await bench.deployment.settled();
    assert.deepEqual(bench.states(), ['pod-2 ready', 'pod-3 ready']);
    assert.deepEqual([...bench.inDns].sort(), ['127.77.31.2', '127.77.31.3']);
    assert.ok(bench.history.includes('pod-1 died: killed by SIGKILL'));
  });

  it('remove() ends one pod in order while another one takes its place', async () => {
    await bench.deployment.scale(2);
    await bench.deployment.remove('pod-1');
    assert.deepEqual(bench.states(), ['pod-2 ready', 'pod-3 ready']);
    assert.ok(bench.history.includes('pod-1 preStop'));
    assert.ok(!bench.history.some((line) => line.startsWith('pod-1 died')));
  });

  it('takes a pod out of DNS that stops being ready, after as many failures as the manifest says, and back', async () => {
    await bench.deployment.scale(2);
    bench.unready.add('127.77.31.1');
    await until(() => bench.states().includes('pod-1 unready'));
    assert.deepEqual(bench.inDns, ['127.77.31.2']);
    bench.unready.clear();
    await until(() => bench.states().includes('pod-1 ready'));
    assert.deepEqual([...bench.inDns].sort(), ['127.77.31.1', '127.77.31.2']);
  });

  it('keeps a pod in DNS that fails its probe less often than that', async () => {
    await bench.deployment.scale(1);
    for (let round = 0; round < 5; round++) {
      bench.unreadyOnce.add('127.77.31.1');
      await until(() => !bench.unreadyOnce.has('127.77.31.1'));
      const before = bench.answers;
      await until(() => bench.answers > before);
    }
    assert.ok(!bench.history.includes('pod-1 unready'));
  });

  it('signal() reaches the process of one pod', async () => {
    await bench.deployment.scale(1);
    bench.deployment.signal('pod-1', 'SIGSTOP');
    const pid = bench.deployment.pods()[0]?.pid ?? 0;
    await until(() => processState(pid) === 'T');
    bench.deployment.signal('pod-1', 'SIGCONT');
    await until(() => processState(pid) !== 'T');
  });

  it('scale() fails with the last output of a pod that does not start, and the next try comes later', async () => {
    bench.spec = { ...SLEEP, command: '/bin/sh', args: ['-c', 'echo port in use; exit 7'] };
    bench.unready.add('127.77.31.1');
    await assert.rejects(
      bench.deployment.scale(1),
      /^StartError: pod-1 on 127\.77\.31\.1 did not start: exit code 7\n {2}port in use$/,
    );
    bench.spec = SLEEP;
    await bench.deployment.settled();
    assert.deepEqual(bench.states(), ['pod-2 ready']);
  });

  it('scale() fails when the program is not there', async () => {
    bench.spec = { ...SLEEP, command: '/nowhere/envoy' };
    await assert.rejects(bench.deployment.scale(1), /did not start: cannot run \/nowhere\/envoy: spawn .*ENOENT/);
  });

  it('close() ends everything at once, whatever its state is', async () => {
    await bench.deployment.scale(2);
    bench.deployment.signal('pod-1', 'SIGSTOP');
    void bench.deployment.scale(5).catch(() => {});
    void bench.deployment.roll().catch(() => {});
    const pids = bench.deployment.pods().map((pod) => pod.pid);
    await bench.deployment.close();
    assert.deepEqual(bench.deployment.pods(), []);
    for (const pid of pids.filter((each) => each > 0)) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});

/** The letter that the kernel has for the state of a process. */
const processState = (pid: number) => String(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]).stdout).trim()[0];

const until = (condition: () => boolean) => waitFor('the condition', 60_000, () => condition() || undefined, 10);
