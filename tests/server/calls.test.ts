import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { endOf, type GreeterStub, openStub, sayHello } from './honest-client';
import { framed, openSession } from './http2-call';
import { FRAME, frame, openCall } from './http2-frames';
import { scrape, until } from './scrape';
import { type ServerProcess, startServer } from './server-process';

const CHAT = '/greeter.v1.Greeter/Chat';

describe('calls to grpc-server', () => {
  const ends: Array<() => unknown> = [];
  let server: ServerProcess;
  let stub: GreeterStub;
  before(async () => {
    server = await startServer({ after: (end) => void ends.push(end as () => unknown) }, { LOG_LEVEL: 'debug' });
    stub = openStub(server.grpcPort);
    ends.unshift(() => stub.close());
  });
  after(async () => {
    for (const end of ends) await end();
  });

  it('greets by name, and names the pod', async () => {
    assert.deepEqual(await sayHello(stub, 'World'), {
      message: 'Hello, World! This message is from grpc-server-1',
      pod: 'grpc-server-1',
    });
  });

  it('logs each call on one line, whatever the client’s name is', async () => {
    const lines = () => server.lines.filter(({ msg }) => msg.startsWith('Received a request from grpc-server-1: '));
    const seen = lines().length;
    await sayHello(stub, 'x', 'grpc-client-9');
    await sayHello(stub, 'x', '\n\u001b[2Jevil\u202e');
    await until('two lines', () => lines().length === seen + 2);
    assert.deepEqual(
      lines()
        .slice(seen)
        .map(({ msg, level, method, code }) => [msg, level, method, code]),
      [
        ['Received a request from grpc-server-1: grpc-client-9', 'debug', 'SayHello', 'OK'],
        ['Received a request from grpc-server-1: \ufffd\ufffd[2Jevil\ufffd', 'debug', 'SayHello', 'OK'],
      ],
    );
  });

  it('answers a stream request by request, and ends it when the client does', async () => {
    const stream = stub.chat();
    const replies: string[] = [];
    stream.on('data', ({ message }) => replies.push(message.split('!')[0]));
    const ended = endOf(stream);
    for (const name of ['a', 'b', 'c']) {
      stream.write({ name, client: 'grpc-client-1' });
      await once(stream, 'data');
    }
    stream.end();
    const { code } = await ended;
    assert.deepEqual([replies, code], [['Hello, a', 'Hello, b', 'Hello, c'], status.OK]);
  });

  it('ends a stream at a bad name, after the replies before it', async () => {
    const stream = stub.chat();
    const replies: unknown[] = [];
    stream.on('data', (reply) => replies.push(reply));
    for (const name of ['a', 'b', '', 'c']) stream.write({ name });
    const { code, details } = await endOf(stream);
    assert.deepEqual([code, details], [status.INVALID_ARGUMENT, 'name: expected 1-256 characters, got 0']);
    assert.equal(replies.length, 2);
  });

  it('holds back a stream whose replies are not read', async () => {
    // By hand, because grpc-js's client takes replies in whether or not they are read.
    const session = await openSession(server.grpcPort);
    const headers = { ':method': 'POST', ':path': CHAT, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request(headers);
    stream.on('error', () => {
      // The end of the session, below.
    });
    const request = framed(Buffer.concat([Buffer.of(0x0a, 100), Buffer.alloc(100, 'n')]));
    const offered = 20_000;
    let taken = 0;
    for (let n = 0; n < offered; n += 1) stream.write(request, () => (taken += 1));
    let before = -1;
    await until('the server reads no more', async () => {
      const rests = taken > 0 && taken === before;
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return rests;
    });
    assert(taken < offered / 2, `${taken} requests of ${offered} were taken`);
    session.destroy();
    // The next test counts.
    const inFlight = async () => (await scrape(server.metricsPort)).get('grpc_requests_in_flight');
    await until('the stream is over', async () => (await inFlight()) === 0);
  });

  it('counts calls by method and code, with no call in flight at the end', async () => {
    const counted = (method: string, code: string) => `grpc_requests_total{method="${method}",code="${code}"}`;
    const earlier = await scrape(server.metricsPort);
    await sayHello(stub, 'x');
    await assert.rejects(sayHello(stub, ''), { code: status.INVALID_ARGUMENT });
    // By hand, because Node's client ends its side before it resets a stream, and so has been answered in full.
    const socket = connect(server.grpcPort, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.write(openCall(CHAT, framed(Buffer.from('\x0a\x01x'))));
    await until('the reply', async () => received.includes('Hello, x!'));
    assert.equal((await scrape(server.metricsPort)).get('grpc_requests_in_flight'), 1);
    socket.write(frame(FRAME.rstStream, 0, 1, Buffer.of(0, 0, 0, 8)));
    await until(
      'no call in flight',
      async () => (await scrape(server.metricsPort)).get('grpc_requests_in_flight') === 0,
    );
    socket.destroy();
    const later = await scrape(server.metricsPort);
    for (const [method, code] of [
      ['SayHello', 'OK'],
      ['SayHello', 'INVALID_ARGUMENT'],
      ['Chat', 'CANCELLED'],
    ] as const) {
      const name = counted(method, code);
      assert.equal((later.get(name) ?? 0) - (earlier.get(name) ?? 0), 1, name);
    }
  });

  it('makes no series from what clients send', async () => {
    // Node's own series (collections of garbage, handles by type) come and go.
    const ours = async () => [...(await scrape(server.metricsPort)).keys()].filter((name) => name.startsWith('grpc_'));
    const earlier = await ours();
    for (let n = 0; n < 200; n += 1) await sayHello(stub, `__proto__${n}`, `client-${n}`);
    assert.deepEqual(await ours(), earlier);
  });
});
