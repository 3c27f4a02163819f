import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEnv, loadPod, loadPodName } from '../../../../../lab/system/cluster/load-pod';
import type { DeploymentObject } from '../../../../../lab/system/cluster/objects';
import { SERVER_ENV } from './sample-objects';

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
