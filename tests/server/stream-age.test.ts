// A server that ends streams at an age, as its clients see it: grpc-js on both sides, no Envoy between.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { endOf, openStub, sayHello } from './honest-client';
import { scrape } from './scrape';
import { startServer } from './server-process';

const AGE_MS = 400;
/** Messages that wait for their answers at any time. */
const AHEAD = 20;
const MESSAGES = 1000;

describe('a stream that grows old', () => {
  it('ends with OK after the answers to all that was begun, and its connection lives on', async (t) => {
    const server = await startServer(t, { MAX_STREAM_AGE_MS: String(AGE_MS), MAX_STREAM_AGE_JITTER: '0' });
    const stub = openStub(server.grpcPort);
    t.after(() => stub.close());
    for (let opening = 0; opening < 2; opening += 1) {
      const stream = stub.chat();
      const startedMs = performance.now();
      const ended = endOf(stream);
      stream.write({ name: 'x' });
      await once(stream, 'data');
      const { code, details } = await ended;
      assert.deepEqual([code, details], [status.OK, 'OK']);
      assert(performance.now() - startedMs >= AGE_MS - 1);
    }
    assert.match((await sayHello(stub, 'late')).message, /^Hello, late!/);
  });

  it('loses no message of a client that sends again what was not answered', async (t) => {
    const server = await startServer(t, { MAX_STREAM_AGE_MS: '50', MAX_STREAM_AGE_JITTER: '1', LOG_LEVEL: 'debug' });
    const stub = openStub(server.grpcPort);
    t.after(() => stub.close());
    const nameOf = (index: number) => `n${index}`;
    let answered = 0;
    let openings = 0;
    while (answered < MESSAGES) {
      openings += 1;
      const stream = stub.chat();
      stream.on('data', ({ message }: { message: string }) => {
        assert.ok(message.startsWith(`Hello, ${nameOf(answered)}!`), `${message} in place of ${nameOf(answered)}`);
        answered += 1;
        if (answered === MESSAGES) stream.end();
        else if (answered + AHEAD <= MESSAGES) stream.write({ name: nameOf(answered + AHEAD - 1) });
      });
      const ended = endOf(stream);
      const upTo = Math.min(answered + AHEAD, MESSAGES);
      for (let index = answered; index < upTo; index += 1) stream.write({ name: nameOf(index) });
      assert.equal((await ended).code, status.OK);
    }
    assert.ok(openings > 1, 'the stream never grew old');
    const samples = await scrape(server.metricsPort);
    assert.equal(samples.get('grpc_stream_messages_total{method="Chat"}'), MESSAGES);
    assert.equal(samples.get('grpc_requests_total{method="Chat",code="OK"}'), openings);
  });
});
