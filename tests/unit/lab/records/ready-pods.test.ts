import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../../lab/records/event';
import { readyPodsAt } from '../../../../lab/records/ready-pods';

test('readyPodsAt() follows pods into service and out of it', () => {
  const events = [
    [1, 'pod-ready', 'grpc-server-1'],
    [1, 'pod-ready', 'grpc-server-2'],
    [2, 'pod-in-dns', 'grpc-server-3'],
    [3, 'pod-draining', 'grpc-server-1'],
    [4, 'pod-unready', 'grpc-server-2'],
    [5, 'pod-ready', 'grpc-server-2'],
    [6, 'pod-died', 'grpc-server-2'],
  ].map(([atMs, kind, subject]) => ({ atMs, kind, subject })) as RunEvent[];
  const at = (atMs: number) => readyPodsAt(events, atMs).join(' ');
  assert.equal(at(0), '');
  assert.equal(at(2), 'grpc-server-1 grpc-server-2');
  assert.equal(at(3), 'grpc-server-2');
  assert.equal(at(4), '');
  assert.equal(at(5), 'grpc-server-2');
  assert.equal(at(6), '');
});
