import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Endpoint, type Relay, startRelay } from '../../../../local/pods/relay';

const HOST = '127.77.120.1';

/** A server that says its name, sends back what it gets, and ends when its caller has. */
async function startEcho(name: string): Promise<{ server: Server; endpoint: Endpoint; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.write(`${name}:`);
    socket.pipe(socket);
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return { server, endpoint: { host: HOST, port: (server.address() as AddressInfo).port }, sockets };
}

async function freePort(): Promise<number> {
  const { server, endpoint } = await startEcho('');
  await new Promise((resolve) => server.close(resolve));
  return endpoint.port;
}

/** Sends `text`, ends, and resolves with all that came back, or with the code of the error. */
function talk(at: Endpoint, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect({ ...at }, () => socket.end(text));
    socket.on('data', (chunk) => {
      got += chunk;
    });
    socket.on('end', () => resolve(got));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

describe('startRelay()', () => {
  let at: Endpoint;
  let echoes: Awaited<ReturnType<typeof startEcho>>[];
  let target: Endpoint | undefined;
  let relay: Relay;

  beforeEach(async () => {
    echoes = [await startEcho('one'), await startEcho('two')];
    target = echoes[0]?.endpoint;
    at = { host: HOST, port: await freePort() };
    relay = await startRelay(at, () => target);
  });
  afterEach(async () => {
    await relay.close();
    for (const { server, sockets } of echoes) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('passes bytes both ways, and the end of each', async () => {
    const long = 'x'.repeat(300_000);
    assert.equal(await talk(at, long), `one:${long}`);
  });

  it('asks for each connection where it goes', async () => {
    assert.equal(await talk(at, 'a'), 'one:a');
    target = echoes[1]?.endpoint;
    assert.equal(await talk(at, 'b'), 'two:b');
  });

  it('breaks a connection that nobody takes', async () => {
    target = undefined;
    assert.equal(await talk(at, 'a'), 'ECONNRESET');
    target = { host: HOST, port: await freePort() };
    assert.equal(await talk(at, 'a'), 'ECONNRESET');
  });

  it('breaks open connections when it is closed, and takes no more', async () => {
    const socket = connect({ ...at });
    await once(socket, 'data');
    const broken = once(socket, 'error');
    await relay.close();
    assert.equal(((await broken)[0] as NodeJS.ErrnoException).code, 'ECONNRESET');
    assert.equal(await talk(at, 'a'), 'ECONNREFUSED');
  });

  it('closes with a connection of which one direction has ended', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      echoes[0]?.sockets.push(socket.on('error', () => {}));
      socket.end('bye');
    });
    server.listen(0, HOST);
    await once(server, 'listening');
    target = { host: HOST, port: (server.address() as AddressInfo).port };
    const socket = connect({ ...at, allowHalfOpen: true }).on('error', () => {});
    socket.resume();
    await once(socket, 'end');
    // It ends only once no connection of it is left.
    await relay.close();
    socket.destroy();
    server.close();
  });

  it('ends the other side when one side breaks', async () => {
    const socket = connect({ ...at });
    await once(socket, 'data');
    const broken = once(socket, 'error');
    echoes[0]?.sockets[0]?.resetAndDestroy();
    assert.equal(((await broken)[0] as NodeJS.ErrnoException).code, 'ECONNRESET');
  });

  it('does not begin where another program listens', async () => {
    await assert.rejects(
      startRelay(at, () => target),
      /EADDRINUSE/,
    );
  });
});
