import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { status } from '@grpc/grpc-js';
import { endOf, type GreeterStub, keepCalling, openStub } from './honest-client';
import { until } from './scrape';
import { type ServerProcess, startServer } from './server-process';

const HOUR_MS = '600000';

async function openChat(t: TestContext, server: ServerProcess) {
  const stub: GreeterStub = openStub(server.grpcPort);
  t.after(() => stub.close());
  const stream = stub.chat();
  const ended = endOf(stream);
  stream.write({ name: 'x' });
  await once(stream, 'data');
  return { stream, ended };
}

/** How long it took from the signal to the exit. */
async function stopped(server: ServerProcess, signal: NodeJS.Signals = 'SIGTERM') {
  const startedMs = performance.now();
  server.signal(signal);
  const exit = await server.exited;
  return { exit, ms: performance.now() - startedMs };
}

describe('a stop of grpc-server', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`exits 0 after the drain delay at ${signal} when nothing is in flight`, async (t) => {
      const server = await startServer(t, { DRAIN_DELAY_MS: '300', GRACE_MS: HOUR_MS });
      const { exit, ms } = await stopped(server, signal);
      assert.deepEqual(exit, { code: 0, signal: null });
      assert(ms >= 299, `took ${ms} ms`);
      const events = server.lines.map(({ msg }) => msg);
      assert.deepEqual(events, ['starting', 'listening', 'stopping', 'draining', 'stopped']);
    });
  }

  it('exits 0 when drain and grace are over and a stream never ends', async (t) => {
    const server = await startServer(t, { DRAIN_DELAY_MS: '200', GRACE_MS: '500', LOG_LEVEL: 'debug' });
    const { ended } = await openChat(t, server);
    const { exit, ms } = await stopped(server);
    assert.deepEqual(exit, { code: 0, signal: null });
    assert(ms >= 699, `took ${ms} ms`);
    assert.notEqual((await ended).code, status.OK);
    // It was cut by the server, not by the end of the process.
    const [call, last] = server.lines.slice(-2);
    assert.deepEqual([call?.method, call?.code, last?.msg], ['Chat', 'CANCELLED', 'stopped']);
  });

  it('ends streams between two messages once the drain delay is over, where streams have an age', async (t) => {
    const server = await startServer(t, { DRAIN_DELAY_MS: '2000', GRACE_MS: HOUR_MS, MAX_STREAM_AGE_MS: HOUR_MS });
    const { stream, ended } = await openChat(t, server);
    server.signal('SIGTERM');
    await server.line('draining');
    stream.write({ name: 'meanwhile' });
    const [{ message }] = await once(stream, 'data');
    assert.match(message, /^Hello, meanwhile!/);
    assert.equal((await ended).code, status.OK);
    assert.deepEqual(await server.exited, { code: 0, signal: null });
  });

  it('waits for a stream that ends within the grace, and answers it to its end', async (t) => {
    const server = await startServer(t, { DRAIN_DELAY_MS: '0', GRACE_MS: HOUR_MS });
    const { stream, ended } = await openChat(t, server);
    server.signal('SIGTERM');
    await server.line('draining');
    await until('the port is closed', () => isRefused(server.grpcPort));
    stream.write({ name: 'late' });
    const [{ message }] = await once(stream, 'data');
    assert.match(message, /^Hello, late!/);
    stream.end();
    assert.equal((await ended).code, status.OK);
    assert.deepEqual(await server.exited, { code: 0, signal: null });
  });

  it('loses no call of a client that goes on until the port closes', async (t) => {
    const server = await startServer(t, { DRAIN_DELAY_MS: '3000' });
    const client = keepCalling(server.grpcPort);
    server.signal('SIGTERM');
    await server.line('draining');
    const { ok: before } = client.tally;
    await until('calls while it drains', () => client.tally.ok > before + 10);
    const { failures } = await client.stop();
    assert.deepEqual(failures, []);
    assert.equal((await server.exited).code, 0);
  });

  it('is not held up by a connection on which nothing was ever sent', async (t) => {
    const server = await startServer(t, { GRACE_MS: HOUR_MS });
    const socket = connect(server.grpcPort, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {
      // A reset is one way to be closed.
    });
    // A peer that reads sees that the server is done, and closes too.
    socket.resume();
    await once(socket, 'connect');
    assert.equal((await stopped(server)).exit.code, 0);
  });

  it('is held up until the grace is over by a peer that neither reads nor closes', async (t) => {
    const server = await startServer(t, { GRACE_MS: '300' });
    const socket = connect(server.grpcPort, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => {
      // A reset is one way to be closed.
    });
    await once(socket, 'connect');
    const { exit, ms } = await stopped(server);
    assert.equal(exit.code, 0);
    assert(ms >= 299, `took ${ms} ms`);
  });

  it('exits 1 at once at a second signal, in the drain delay', async (t) => {
    const server = await startServer(t, { DRAIN_DELAY_MS: HOUR_MS });
    server.signal('SIGTERM');
    await server.line('draining');
    assert.deepEqual((await stopped(server)).exit, { code: 1, signal: null });
  });

  it('exits 1 at once at a second signal, in the grace', async (t) => {
    const server = await startServer(t, { GRACE_MS: HOUR_MS });
    await openChat(t, server);
    server.signal('SIGTERM');
    await until('the port is closed', () => isRefused(server.grpcPort));
    assert.deepEqual((await stopped(server, 'SIGINT')).exit, { code: 1, signal: null });
  });
});

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.once('connect', () => finish(false));
    socket.once('error', () => finish(true));
  });
}
