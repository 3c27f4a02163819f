import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startClient } from './client-process';
import { GreeterServer } from './greeter-server';

describe('the end of a client', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} finishes a slow call in flight, prints the summary, and exits 0`, async (t) => {
      const server = await GreeterServer.start(t, { delayMs: 1500 });
      const client = startClient(t, { ...server.env, INTERVAL_MS: '1000' });
      await client.until('a call in flight', () => server.inFlight > 0);
      assert.equal(await client.stop(signal), 0);
      assert.equal(client.summary.calls, server.calls);
      assert.equal(client.summary.ok, server.calls);
      assert.equal(client.received.length, server.calls);
      assert.equal(client.lines.at(-1)?.msg, 'stopped');
    });
  }

  it('a second signal does not wait for the calls in flight', async (t) => {
    const server = await GreeterServer.start(t, { delayMs: 4000 });
    const client = startClient(t, server.env);
    await client.until('a call in flight', () => server.inFlight > 0);
    client.signal('SIGTERM');
    await client.until('stopping');
    assert.equal(await client.stop('SIGTERM'), 1);
    assert.equal(server.inFlight, 1);
    assert.equal(client.linesOf('summary')[0]?.unfinished, 1);
  });

  it('comes by itself after COUNT calls', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, COUNT: '25', RATE: '100' });
    assert.equal(await client.exited, 0);
    assert.equal(server.calls, 25);
    const { calls, ok, pods, jain } = client.summary;
    assert.deepEqual({ calls, ok, pods, jain }, { calls: 25, ok: 25, pods: { 'grpc-server-1': 25 }, jain: 1 });
  });

  it('is exit 0 even when every call failed', async (t) => {
    const env = { GRPC_SERVER_DOMAIN: '127.0.0.1', GRPC_SERVER_PORT: '1', COUNT: '3', RATE: '50', DEADLINE_MS: '200' };
    const client = startClient(t, env);
    assert.equal(await client.exited, 0);
    assert.deepEqual(client.summary.byCode, { DEADLINE_EXCEEDED: 3 });
    assert.equal(client.summary.jain, null);
    assert.ok(client.linesOf('call failed').length > 0);
  });
});
