import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Metadata, status } from '@grpc/grpc-js';
import { countAttempts } from '../../../client/attempts';

function metadataOf(values: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(values)) metadata.set(key, value);
  return metadata;
}

describe('countAttempts()', () => {
  it('is one without retries', () => {
    assert.deepEqual(countAttempts(status.OK, '', metadataOf({})), { sent: 1, upstream: 1 });
  });

  it("adds Envoy's attempts to those of grpc-js", () => {
    const metadata = metadataOf({ 'grpc-previous-rpc-attempts': '2', 'x-envoy-attempt-count': '3' });
    assert.deepEqual(countAttempts(status.OK, '', metadata), { sent: 3, upstream: 5 });
  });

  it('ignores headers that are not counts', () => {
    const metadata = metadataOf({ 'grpc-previous-rpc-attempts': '-1', 'x-envoy-attempt-count': 'many' });
    assert.deepEqual(countAttempts(status.OK, '', metadata), { sent: 1, upstream: 1 });
  });

  it('is zero for a call that waited for a connection until its deadline', () => {
    for (const details of [
      'Deadline exceeded after 0.300s,name resolution: 0.002s,wait_for_ready,Waiting for LB pick',
      'Deadline exceeded after 0.300s,waiting for name resolution',
    ]) {
      assert.deepEqual(countAttempts(status.DEADLINE_EXCEEDED, details, new Metadata()), { sent: 0, upstream: 0 });
    }
  });

  it('counts the attempts before the one that waited', () => {
    const details = 'Deadline exceeded after 1.000s,previous attempts: 2,wait_for_ready,Waiting for LB pick';
    assert.deepEqual(countAttempts(status.DEADLINE_EXCEEDED, details, new Metadata()), { sent: 2, upstream: 2 });
  });

  it('counts an attempt that was sent and not answered', () => {
    const details = 'Deadline exceeded after 0.300s,LB pick: 0.001s,remote_addr=127.0.0.1:8443';
    assert.deepEqual(countAttempts(status.DEADLINE_EXCEEDED, details, new Metadata()), { sent: 1, upstream: 1 });
  });

  it("reads Envoy's count when Envoy sent the DEADLINE_EXCEEDED", () => {
    const metadata = metadataOf({ 'x-envoy-attempt-count': '2' });
    const attempts = countAttempts(status.DEADLINE_EXCEEDED, 'stream timeout', metadata);
    assert.deepEqual(attempts, { sent: 1, upstream: 2 });
  });

  it('does not read counts from a server’s own text', () => {
    const attempts = countAttempts(status.INTERNAL, 'previous attempts: 7, Waiting for LB pick', undefined);
    assert.deepEqual(attempts, { sent: 1, upstream: 1 });
  });
});
