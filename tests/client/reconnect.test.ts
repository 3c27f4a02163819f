import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { startClient } from './client-process';
import { GreeterServer } from './greeter-server';

describe('a client whose server goes away', () => {
  it('ends each call by its deadline while nothing listens, and keeps calling', async (t) => {
    const env = { GRPC_SERVER_DOMAIN: '127.0.0.1', GRPC_SERVER_PORT: '1', INTERVAL_MS: '500', DEADLINE_MS: '400' };
    const client = startClient(t, env);
    await client.until('three failures', () => client.linesOf('call failed').length >= 3);
    for (const { code, latencyMs, attempts } of client.linesOf('call failed')) {
      assert.equal(code, 'DEADLINE_EXCEEDED');
      assert.equal(attempts, 0);
      // Without its own it would have the default, 5 s.
      assert.ok((latencyMs as number) >= 395 && (latencyMs as number) < 5000, `${latencyMs} ms`);
    }
  });

  it('counts from its first connection when it has to wait for one', async (t) => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
    const env = { GRPC_SERVER_DOMAIN: '127.0.0.1', GRPC_SERVER_PORT: String(port), RATE: '20', DEADLINE_MS: '2000' };
    const client = startClient(t, { ...env, CONNECT_WAIT_MS: '60000' });
    await client.until('a connection', () => sockets.length > 0);
    // By default the first calls would be sent, and their deadlines over, by then.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    const server = await GreeterServer.start(t, { port });
    await client.until('calls', () => server.calls > 20);
    assert.equal(await client.stop(), 0);
    assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
  });

  it('stays up while the server is gone, and gets answers soon after it is back on the same port', async (t) => {
    const first = await GreeterServer.start(t, { pod: 'grpc-server-1' });
    const client = startClient(t, { ...first.env, RATE: '20', DEADLINE_MS: '1000' });
    await client.until('calls', () => first.calls > 5);
    first.kill();
    await client.until('call failed');
    // Long enough for a back-off that is not bounded to have grown well beyond two seconds.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const backMs = Date.now();
    const second = await GreeterServer.start(t, { pod: 'grpc-server-2', port: first.port });
    await client.until('answers of the new server', () => second.calls > 0);
    const awayMs = Date.now() - backMs;
    assert.ok(awayMs < 2000, `first call ${awayMs} ms after the server was back`);
    assert.equal(await client.stop(), 0);
    assert.deepEqual(Object.keys(client.summary.byCode).sort(), ['DEADLINE_EXCEEDED', 'OK']);
  });

  it('loses no call when the server is back within the deadline', async (t) => {
    const first = await GreeterServer.start(t, { pod: 'grpc-server-1', delayMs: 20 });
    const client = startClient(t, { ...first.env, RATE: '100' });
    await client.until('calls', () => first.calls > 50 && first.inFlight > 0);
    first.kill();
    const second = await GreeterServer.start(t, { pod: 'grpc-server-2', port: first.port });
    await client.until('calls at the new server', () => second.calls > 50);
    assert.equal(await client.stop(), 0);
    assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
    assert.ok((client.summary.attemptsPerCall ?? 0) > 1);
  });
});
