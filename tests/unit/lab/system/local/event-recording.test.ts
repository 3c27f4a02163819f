import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Recorder } from '../../../../../lab/records/recorder';
import { createEventRecording } from '../../../../../lab/system/local/event-recording';
import type { PodState } from '../../../../../local/pods/pod';

type Change = readonly [pod: string, state: PodState, detail?: string];

/** Hears `POD STATE` words and returns what was recorded, as words; DNS names ready pods only. */
function record(...changes: readonly Change[]) {
  return recordWith(false, changes);
}

function recordWith(publishesUnready: boolean, changes: readonly Change[]) {
  const recorded: string[] = [];
  const states = new Map<string, PodState>();
  const event = ((kind, { subject, detail } = {}) => {
    const said = detail as Record<string, unknown> | undefined;
    recorded.push([kind, subject, ...Object.values(said ?? {})].join(' '));
  }) as Recorder['event'];
  const recording = createEventRecording({
    recorder: { event } as Recorder,
    tierOf: (pod) => (pod.startsWith('envoy') ? 'envoy' : 'grpc-server'),
    count: () => ({ desired: 1, ready: [...states.values()].filter((state) => state === 'ready').length }),
    publishesUnready,
  });
  for (const [pod, state, detail] of changes) {
    states.set(pod, state);
    recording.onEvent({ atMs: 1, pod, address: '127.0.0.11', state, detail });
  }
  return { recorded, recording };
}

describe('createEventRecording()', () => {
  it('records the life of a server that leaves in order', () => {
    const pod = 'grpc-server-1';
    const states = ['starting', 'ready', 'draining', 'gone'] as const;
    assert.deepEqual(record(...states.map((state) => [pod, state] as const)).recorded, [
      ...['pod-started grpc-server-1', 'replicas grpc-server 1 0'],
      ...['pod-ready grpc-server-1', 'pod-in-dns grpc-server-1', 'replicas grpc-server 1 1'],
      ...['pod-draining grpc-server-1', 'pod-out-of-dns grpc-server-1', 'replicas grpc-server 1 0'],
      'pod-gone grpc-server-1',
    ]);
  });

  it('has a server in DNS from its start to its end where unready pods are published', () => {
    const pod = 'grpc-server-1';
    const states = ['starting', 'ready', 'unready', 'ready', 'draining', 'gone'] as const;
    const { recorded } = recordWith(
      true,
      states.map((state) => [pod, state]),
    );
    assert.deepEqual(
      recorded.filter((text) => !text.startsWith('replicas')),
      [
        ...['pod-started', 'pod-in-dns', 'pod-ready', 'pod-unready', 'pod-ready', 'pod-draining', 'pod-gone'],
        'pod-out-of-dns',
      ].map((kind) => `${kind} ${pod}`),
    );
  });

  it('keeps a server that died in DNS until it is gone, and says why in one line', () => {
    const pod = 'grpc-server-1';
    const { recorded } = record([pod, 'ready'], [pod, 'died', 'killed by SIGKILL\n  last words'], [pod, 'gone']);
    assert.deepEqual(recorded.slice(3), [
      ...['pod-died grpc-server-1 killed by SIGKILL', 'replicas grpc-server 1 0'],
      ...['pod-gone grpc-server-1', 'pod-out-of-dns grpc-server-1'],
    ]);
  });

  it('has other events for Envoys, and none for their names in DNS', () => {
    const states = ['starting', 'ready', 'unready', 'draining', 'gone'] as const;
    const { recorded } = record(...states.map((state) => ['envoy-1', state] as const));
    assert.deepEqual(
      recorded.filter((text) => !text.startsWith('replicas')),
      ['envoy-ready envoy-1', 'envoy-draining envoy-1', 'envoy-gone envoy-1'],
    );
  });

  it('records nothing once the run has ended', () => {
    const { recorded, recording } = record();
    recording.end();
    recording.onEvent({ atMs: 1, pod: 'envoy-1', address: '127.0.0.2', state: 'gone', detail: undefined });
    assert.deepEqual(recorded, []);
  });
});
