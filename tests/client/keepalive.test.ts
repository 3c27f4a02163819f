import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord, StreamPlace } from '../../client/outcome';
import { parseLines, startClient } from './client-process';
import { startFreezingProxy } from './freezing-proxy';
import { GreeterServer } from './greeter-server';

describe('the keepalive of a client', () => {
  it('drops a silent connection early enough to send its calls again', async (t) => {
    const server = await GreeterServer.start(t);
    const proxy = await startFreezingProxy(t, server.port);
    const client = startClient(t, { ...proxy.env, RATE: '20' });
    await client.until('calls', () => server.calls > 10);
    proxy.freeze();
    const before = server.calls;
    await client.until('calls on another connection', () => server.calls > before + 100);
    assert.equal(await client.stop(), 0);
    assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
    assert.ok(client.summary.latencyMs.max > 1000, `${client.summary.latencyMs.max} ms`);
    assert.equal(proxy.connections, 2);
  });

  it('does not cut a call that a server still answers after GOAWAY', async (t) => {
    const server = await GreeterServer.start(t, { delayMs: 4000 });
    const client = startClient(t, { ...server.env, COUNT: '1', DEADLINE_MS: '10000' });
    await client.until('a call in flight', () => server.inFlight > 0);
    void server.drain();
    assert.equal(await client.exited, 0);
    assert.equal(client.received[0]?.attempts, 1);
  });

  it('does not cut a stream that a server still serves after GOAWAY', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, STREAMS: '1', INTERVAL_MS: '100', LEDGER: '-' });
    await client.until('messages', () => server.calls > 3);
    const drainMs = Date.now();
    void server.drain();
    // Longer than it takes until a ping is due.
    await client.until('messages for 3 s', () => Date.now() - drainMs > 3000);
    assert.equal(await client.stop(), 0);
    const records = parseLines(client.stdout) as unknown as Array<CallRecord & StreamPlace>;
    assert.ok(records.every(({ code, opening }) => code === 'OK' && opening === 1));
    assert.ok(records.filter(({ sentMs }) => sentMs > drainMs + 2500).length >= 3);
  });
});
