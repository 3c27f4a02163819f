// Which events lie between two looks at a pod.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodObject } from '../../../../../lab/system/cluster/objects';
import { podChanges, readPod } from '../../../../../lab/system/cluster/pod-state';
import { podObject } from './sample-objects';

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
  test(`podChanges() records ${what}`, () => {
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

test('podChanges() has events for Envoys', () => {
  assert.deepEqual(podChanges('envoy', undefined, ready), [{ kind: 'envoy-ready' }]);
  assert.deepEqual(podChanges('envoy', ready, draining), [{ kind: 'envoy-draining' }]);
  assert.deepEqual(podChanges('envoy', ready, undefined), [{ kind: 'envoy-gone' }]);
});
