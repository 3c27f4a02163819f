// The parts of the cluster's driver that only compute: pods' states, environments, Corefiles, quantities, load pods.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corefileWithFault } from '../../../lab/system/cluster/corefile';
import { loadEnv, loadPod, loadPodName } from '../../../lab/system/cluster/load-pod';
import type { DeploymentObject, PodObject } from '../../../lab/system/cluster/objects';
import { podChanges, readPod } from '../../../lab/system/cluster/pod-state';
import { labEnv } from '../../../lab/system/cluster/server-env';
import { parseQuantity } from '../../../manifest-reader/kubernetes-quantity';
import { podObject, SERVER_ENV } from './sample-objects';

const read = (change?: Parameters<typeof podObject>[1]) =>
  readPod(podObject('p', change) as unknown as PodObject, 'grpc-server');
const ready = read();
const unready = { ...ready, isReady: false };
const dead = read({
  status: {
    conditions: [],
    containerStatuses: [{ name: 'grpc-server', restartCount: 0, state: { terminated: { exitCode: 134 } } }],
  },
});
const restarted = read({
  status: {
    containerStatuses: [
      {
        name: 'grpc-server',
        restartCount: 1,
        state: { running: {} },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      },
    ],
  },
});
const draining = read({ metadata: { deletionTimestamp: '2026-01-01T00:00:01Z' }, status: { conditions: [] } });

for (const [what, before, after, kinds] of [
  ['a pod that is there already', undefined, ready, ['pod-started', 'pod-ready']],
  ['a pod that becomes ready', unready, ready, ['pod-ready']],
  ['a failing probe', ready, unready, ['pod-unready']],
  ['a pod that leaves in order', ready, draining, ['pod-draining']],
  ['the end of a pod', draining, undefined, ['pod-gone']],
  ['a death', ready, dead, ['pod-died', 'pod-unready']],
  ['the restart after it', dead, restarted, ['pod-restarted', 'pod-ready']],
  ['a death seen only by its restart', ready, restarted, ['pod-died', 'pod-restarted']],
  ['nothing new', ready, ready, []],
] as const) {
  test(`podChanges() tells ${what}`, () => {
    assert.deepEqual(
      podChanges('grpc-server', before, after).map(({ kind }) => kind),
      kinds,
    );
  });
}

test('podChanges() says how a process ended, and how often it was restarted', () => {
  assert.deepEqual(podChanges('grpc-server', ready, restarted), [
    { kind: 'pod-died', detail: { reason: 'out of memory, exit code 137' } },
    { kind: 'pod-restarted', detail: { restarts: 1 } },
  ]);
});

test('podChanges() has the words for Envoys', () => {
  assert.deepEqual(podChanges('envoy', undefined, ready), [{ kind: 'envoy-ready' }]);
  assert.deepEqual(podChanges('envoy', ready, draining), [{ kind: 'envoy-draining' }]);
  assert.deepEqual(podChanges('envoy', ready, undefined), [{ kind: 'envoy-gone' }]);
});

test('labEnv() keeps what was deployed, adds the fault endpoint on the pod’s address, and lets the experiment win', () => {
  const env = labEnv(SERVER_ENV, { DRAIN_DELAY_MS: '0' });
  assert.deepEqual(env, [
    SERVER_ENV[0],
    { name: 'DRAIN_DELAY_MS', value: '0' },
    { name: 'FAULT_PORT', value: '9470' },
    { name: 'FAULT_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ]);
});

test('corefileWithFault() adds a server block for the one name and leaves the rest as it is', () => {
  const corefile = '.:53 {\n    errors\n}\n';
  const changed = corefileWithFault(corefile, 'servfail', 'a.b.svc.cluster.local');
  assert.equal(changed, `${corefile}a.b.svc.cluster.local:53 {\n    errors\n}\n`);
  assert.match(corefileWithFault(corefile, 'nxdomain', 'a.b.svc.cluster.local'), /namespaces default/);
});

for (const [text, value] of [
  ['300m', 0.3],
  ['14176m', 14.176],
  ['2', 2],
  ['1.5k', 1500],
  ['250u', 0.00025],
] as const) {
  test(`parseQuantity() reads ${text}`, () => assert.equal(parseQuantity(text), value));
}
test('parseQuantity() refuses what is no quantity', () => {
  assert.throws(() => parseQuantity('many'), /expected a number such as 300m, got "many"/);
});

test('loadEnv() lets a load’s own variables win, but not over the ledger', () => {
  const spec = { name: 'a', target: 'envoys', ratePerSecond: 5, count: 9, env: { RATE: '7', LEDGER: 'x' } } as const;
  const env = loadEnv(spec, { LB_POLICY: 'round_robin' });
  assert.deepEqual(env, {
    LB_POLICY: 'round_robin',
    CONNECT_WAIT_MS: '20000',
    RATE: '7',
    COUNT: '9',
    LEDGER: '-',
  });
});

test('loadPod() runs the deployed client once, under a name of its own and without probes', () => {
  const container = { name: 'grpc-client', image: 'i', livenessProbe: {}, securityContext: { a: 1 }, env: SERVER_ENV };
  const labels = { 'app.kubernetes.io/name': 'grpc-client', 'app.kubernetes.io/component': 'client' };
  const deployed = {
    spec: { template: { metadata: { labels }, spec: { serviceAccountName: 's', containers: [container] } } },
  } as unknown as DeploymentObject;
  const { metadata, spec } = loadPod(deployed, 'load-1', { RATE: '5' });
  assert.equal(metadata.labels['app.kubernetes.io/component'], 'client');
  assert.notEqual(metadata.labels['app.kubernetes.io/name'], 'grpc-client');
  assert.equal(spec.restartPolicy, 'Never');
  assert.equal(spec.serviceAccountName, 's');
  const [only] = spec.containers;
  assert.deepEqual(only, {
    name: 'grpc-client',
    image: 'i',
    securityContext: { a: 1 },
    env: [...SERVER_ENV, { name: 'RATE', value: '5' }],
  });
});

test('loadPodName() makes a name that Kubernetes takes', () => {
  assert.equal(loadPodName('3 pods, 1 client', 'x1'), 'grpc-client-load-3-pods-1-client-x1');
  assert.match(loadPodName('ä'.repeat(80), 'x1'), /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});
