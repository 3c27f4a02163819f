// Pods here are `sleep` processes whose readiness the test decides.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createAddressPool } from '../../../../local/pods/addresses';
import { createDeployment, type Deployment } from '../../../../local/pods/deployment';
import type { ProcessSpec } from '../../../../local/pods/process';
import { type Reaper, startReaper } from '../../../../local/pods/reaper';
import type { PodManifest } from '../../../../manifest-reader/pod-manifest';
import { waitFor } from '../../../support/condition';

const MANIFEST: PodManifest = {
  deployment: 'pod',
  image: 'pod:1',
  args: [],
  env: {},
  podFields: {},
  ports: {},
  scrape: undefined,
  mounts: {},
  readiness: {
    check: { kind: 'http', port: 1, path: '/' },
    periodMs: 20,
    timeoutMs: 1000,
    failureThreshold: 2,
  },
  preStop: undefined,
  minReadyMs: 400,
  terminationGraceMs: 300,
};
const SLEEP: ProcessSpec = { command: 'sleep', args: ['60'], env: { PATH: process.env.PATH ?? '' } };

describe('createDeployment()', () => {
  let reaper: Reaper;
  let deployment: Deployment;
  let inDns: readonly string[];
  /** Where a Service publishes pods that are not ready. */
  let existing: readonly string[];
  let history: string[];
  let unready: Set<string>;
  let unreadyOnce: Set<string>;
  let answers = 0;
  let spec: ProcessSpec;
  let mostReady: number;
  let leastReady: number;

  beforeEach(() => {
    reaper = startReaper();
    inDns = [];
    existing = [];
    history = [];
    unready = new Set();
    unreadyOnce = new Set();
    spec = SLEEP;
    mostReady = 0;
    leastReady = Number.POSITIVE_INFINITY;
    deployment = createDeployment({
      blueprint: {
        manifest: MANIFEST,
        prepare: async () => spec,
        preStop: async (name) => void history.push(`${name} preStop`),
        cleanUp: async (name) => void history.push(`${name} cleanUp`),
      },
      addresses: createAddressPool('127.77.31', 1, 20),
      reaper,
      probe: async (host) => {
        const isReady = !unready.has(host) && !unreadyOnce.delete(host);
        if (isReady) answers++;
        return isReady;
      },
      publish: ({ ready, all }) => {
        inDns = ready;
        existing = all;
      },
      onLine: (pod, line) => history.push(`${pod}: ${line}`),
      onChange: (pod, detail) => {
        history.push(`${pod.name} ${pod.state}${detail === undefined ? '' : `: ${detail.split('\n')[0]}`}`);
        const ready = deployment.pods().filter((each) => each.state === 'ready').length;
        mostReady = Math.max(mostReady, ready);
        leastReady = Math.min(leastReady, ready);
      },
    });
  });
  afterEach(async () => {
    await deployment.close();
    await reaper.close();
  });

  const states = () => deployment.pods().map((pod) => `${pod.name} ${pod.state}`);
  const address = (name: string) => deployment.pods().find((pod) => pod.name === name)?.address;

  it('scale() starts pods, and each is in DNS once it is ready', async () => {
    await deployment.scale(2);
    assert.deepEqual(states(), ['pod-1 ready', 'pod-2 ready']);
    assert.deepEqual([...inDns].sort(), ['127.77.31.1', '127.77.31.2']);
  });

  it('publishes every pod from its start to its end where unready pods are wanted, and ready ones where not', async () => {
    unready.add('127.77.31.1');
    const scaling = deployment.scale(1);
    assert.deepEqual([inDns, existing], [[], ['127.77.31.1']], 'starting');
    unready.clear();
    await scaling;
    assert.deepEqual([inDns, existing], [['127.77.31.1'], ['127.77.31.1']], 'ready');
    unready.add('127.77.31.1');
    await waitFor('the pod is unready', 60_000, () => states()[0] === 'pod-1 unready' || undefined, 10);
    assert.deepEqual([inDns, existing], [[], ['127.77.31.1']], 'unready');
    await deployment.scale(0);
    assert.deepEqual([inDns, existing], [[], ['127.77.31.1']], 'draining');
    await deployment.settled();
    assert.deepEqual([inDns, existing], [[], []], 'gone');
  });

  it('scale() down takes the youngest out of DNS at once and ends it in order', async () => {
    await deployment.scale(3);
    await deployment.scale(2);
    assert.deepEqual(states(), ['pod-1 ready', 'pod-2 ready', 'pod-3 draining']);
    assert.deepEqual([...inDns].sort(), ['127.77.31.1', '127.77.31.2']);
    await deployment.settled();
    assert.deepEqual(history.slice(-4), ['pod-3 draining', 'pod-3 preStop', 'pod-3 cleanUp', 'pod-3 gone']);
  });

  it('asks a pod to end by SIGTERM', async () => {
    spec = {
      ...SLEEP,
      command: '/bin/sh',
      args: ['-c', 'trap "echo asked; exit 0" TERM; while :; do sleep 0.05; done'],
    };
    await deployment.scale(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await deployment.scale(0);
    await deployment.settled();
    assert.ok(history.includes('pod-1: asked'));
  });

  it('kills a pod that does not end within its grace period', async () => {
    // The loop keeps the shell alive: a shell that becomes its last command would take its signals as that one does.
    spec = { ...SLEEP, command: '/bin/sh', args: ['-c', 'trap "" TERM; while :; do sleep 1; done'] };
    await deployment.scale(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedAt = Date.now();
    await deployment.scale(0);
    await deployment.settled();
    assert.ok(Date.now() - startedAt >= MANIFEST.terminationGraceMs);
  });

  it('kill() replaces a pod by one with the next name and address; the dead one leaves DNS a moment later', async () => {
    await deployment.scale(2);
    const dead = address('pod-1') ?? '';
    await deployment.kill('pod-1');
    assert.ok(inDns.includes(dead));
    await deployment.settled();
    assert.deepEqual(states(), ['pod-2 ready', 'pod-3 ready']);
    assert.deepEqual([...inDns].sort(), ['127.77.31.2', '127.77.31.3']);
    assert.ok(history.includes('pod-1 died: killed by SIGKILL'));
  });

  it('remove() ends one pod in order while another one takes its place', async () => {
    await deployment.scale(2);
    await deployment.remove('pod-1');
    assert.deepEqual(states(), ['pod-2 ready', 'pod-3 ready']);
    assert.ok(history.includes('pod-1 preStop'));
    assert.ok(!history.some((line) => line.startsWith('pod-1 died')));
  });

  it('takes a pod out of DNS that stops being ready, after as many failures as the manifest says, and back', async () => {
    await deployment.scale(2);
    unready.add('127.77.31.1');
    await until(() => states().includes('pod-1 unready'));
    assert.deepEqual(inDns, ['127.77.31.2']);
    unready.clear();
    await until(() => states().includes('pod-1 ready'));
    assert.deepEqual([...inDns].sort(), ['127.77.31.1', '127.77.31.2']);
  });

  it('keeps a pod in DNS that fails its probe less often than that', async () => {
    await deployment.scale(1);
    for (let round = 0; round < 5; round++) {
      unreadyOnce.add('127.77.31.1');
      await until(() => !unreadyOnce.has('127.77.31.1'));
      const before = answers;
      await until(() => answers > before);
    }
    assert.ok(!history.includes('pod-1 unready'));
  });

  it('roll() waits after each new pod as long as the manifest says', async () => {
    await deployment.scale(1);
    const startedAt = Date.now();
    await deployment.roll();
    assert.ok(Date.now() - startedAt >= MANIFEST.minReadyMs);
    assert.deepEqual(
      history.filter((line) => /ready|draining/.test(line)),
      ['pod-1 ready', 'pod-2 ready', 'pod-1 draining'],
    );
  });

  it('roll() replaces every pod, with one more than wanted and never one less', async () => {
    await deployment.scale(3);
    [mostReady, leastReady] = [0, Number.POSITIVE_INFINITY];
    await deployment.roll();
    await deployment.settled();
    assert.deepEqual(states(), ['pod-4 ready', 'pod-5 ready', 'pod-6 ready']);
    assert.equal(mostReady, 4);
    assert.equal(leastReady, 3);
  });

  it('roll() and scale() at once end with the wanted number of new pods', async () => {
    await deployment.scale(2);
    const rolled = deployment.roll();
    await deployment.scale(4);
    await rolled;
    await deployment.settled();
    assert.equal(deployment.pods().length, 4);
    assert.ok(deployment.pods().every((pod) => pod.generation === 1));
  });

  it('roll() survives that a pod is killed meanwhile', async () => {
    await deployment.scale(3);
    const rolled = deployment.roll();
    await deployment.kill('pod-2');
    await rolled;
    await deployment.settled();
    assert.equal(deployment.pods().length, 3);
    assert.ok(deployment.pods().every((pod) => pod.generation === 1 && pod.state === 'ready'));
  });

  it('signal() reaches the process of one pod', async () => {
    await deployment.scale(1);
    deployment.signal('pod-1', 'SIGSTOP');
    const pid = deployment.pods()[0]?.pid ?? 0;
    await until(() => processState(pid) === 'T');
    deployment.signal('pod-1', 'SIGCONT');
    await until(() => processState(pid) !== 'T');
  });

  it('scale() fails with the last words of a pod that does not start, and the next try is later', async () => {
    spec = { ...SLEEP, command: '/bin/sh', args: ['-c', 'echo port in use; exit 7'] };
    unready.add('127.77.31.1');
    await assert.rejects(
      deployment.scale(1),
      /^StartError: pod-1 on 127\.77\.31\.1 did not start: exit code 7\n {2}port in use$/,
    );
    spec = SLEEP;
    await deployment.settled();
    assert.deepEqual(states(), ['pod-2 ready']);
  });

  it('scale() fails when the program is not there', async () => {
    spec = { ...SLEEP, command: '/nowhere/envoy' };
    await assert.rejects(deployment.scale(1), /did not start: cannot run \/nowhere\/envoy: spawn .*ENOENT/);
  });

  it('close() ends everything at once, whatever its state', async () => {
    await deployment.scale(2);
    deployment.signal('pod-1', 'SIGSTOP');
    void deployment.scale(5).catch(() => {});
    void deployment.roll().catch(() => {});
    const pids = deployment.pods().map((pod) => pod.pid);
    await deployment.close();
    assert.deepEqual(deployment.pods(), []);
    for (const pid of pids.filter((each) => each > 0)) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});

/** The letter that the kernel has for the state of a process. */
const processState = (pid: number) => String(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]).stdout).trim()[0];

const until = (condition: () => boolean) => waitFor('the condition', 60_000, () => condition() || undefined, 10);
