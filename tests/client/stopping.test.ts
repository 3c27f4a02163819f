import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withClient } from './client-process';
import { GreeterServer } from './greeter-server';

describe('the end of a client', () => {
  let server: GreeterServer;
  before(async () => {
    server = await GreeterServer.start();
  });
  after(() => server.kill());

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} finishes a slow call in flight, prints the summary, and exits 0`, async () => {
      server.delayMs = 1500;
      await withClient({ ...server.env, INTERVAL_MS: '1000' }, async (client) => {
        await client.until('a call in flight', () => server.inFlight > 0);
        const calls = server.calls;
        assert.equal(await client.stop(signal), 0);
        assert.equal(client.summary.calls, calls);
        assert.equal(client.summary.ok, calls);
        assert.equal(client.received.length, calls);
        assert.equal(client.lines.at(-1)?.msg, 'stopped');
      });
      server.calls = 0;
    });
  }

  it('a second signal does not wait for the calls in flight', async () => {
    server.delayMs = 3000;
    await withClient(server.env, async (client) => {
      await client.until('a call in flight', () => server.inFlight > 0);
      client.signal('SIGTERM');
      await client.until('stopping');
      const startMs = Date.now();
      assert.equal(await client.stop('SIGTERM'), 1);
      assert.ok(Date.now() - startMs < 2000);
      assert.equal(client.linesOf('summary')[0]?.unfinished, 1);
    });
  });

  it('comes by itself after COUNT calls', async () => {
    server.delayMs = 0;
    server.calls = 0;
    await withClient({ ...server.env, COUNT: '25', RATE: '100' }, async (client) => {
      assert.equal(await client.exited, 0);
      assert.equal(server.calls, 25);
      const { calls, ok, pods, jain, behindSchedule } = client.summary;
      assert.deepEqual(
        { calls, ok, pods, jain, behindSchedule },
        { calls: 25, ok: 25, pods: { 'grpc-server-1': 25 }, jain: 1, behindSchedule: 0 },
      );
    });
  });

  it('is exit 0 even when every call failed', async () => {
    const env = { GRPC_SERVER_DOMAIN: '127.0.0.1', GRPC_SERVER_PORT: '1', COUNT: '3', RATE: '50', DEADLINE_MS: '200' };
    await withClient(env, async (client) => {
      assert.equal(await client.exited, 0);
      assert.deepEqual(client.summary.byCode, { DEADLINE_EXCEEDED: 3 });
      assert.equal(client.summary.jain, null);
      assert.ok(client.linesOf('call failed').length > 0);
    });
  });
});
