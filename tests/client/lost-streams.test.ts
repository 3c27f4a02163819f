import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { describe, it } from 'node:test';
import { createGreeterClient, type GreeterClient } from '../../client/greeter-client';
import type { Outcome } from '../../client/outcome';
import { UNFINISHED_ANSWER_MS } from '../../client/retry';
import { startClient } from './client-process';
import { startGoawayServer } from './goaway-server';
import {
  type Answer,
  answerOk,
  answerSlowly,
  answerTrailersOnly,
  cutConnection,
  endWithoutStatus,
  type Http2Server,
  reset,
  resetAfterHeaders,
  standStillAfterHeaders,
  startHttp2Server,
} from './http2-server';

interface Loss {
  readonly name: string;
  readonly answer: Answer;
  /** What the caller sees without retries. */
  readonly code: string;
}

const LOSSES: readonly Loss[] = [
  { name: 'a reset with NO_ERROR, as Envoy sends', answer: reset(constants.NGHTTP2_NO_ERROR), code: 'INTERNAL' },
  { name: 'a reset with INTERNAL_ERROR', answer: reset(constants.NGHTTP2_INTERNAL_ERROR), code: 'INTERNAL' },
  { name: 'a reset with PROTOCOL_ERROR', answer: reset(constants.NGHTTP2_PROTOCOL_ERROR), code: 'INTERNAL' },
  { name: 'a reset with CANCEL', answer: reset(constants.NGHTTP2_CANCEL), code: 'CANCELLED' },
  {
    name: 'a reset in the middle of the answer',
    answer: resetAfterHeaders(constants.NGHTTP2_INTERNAL_ERROR),
    code: 'INTERNAL',
  },
  { name: 'an answer that ends without a status', answer: endWithoutStatus, code: 'INTERNAL' },
  { name: 'a connection that is cut', answer: cutConnection, code: 'UNAVAILABLE' },
  { name: 'UNAVAILABLE', answer: answerTrailersOnly({ 'grpc-status': '14' }), code: 'UNAVAILABLE' },
];

function createClient(port: number, { retries = true, deadlineMs = 5000 } = {}): GreeterClient {
  return createGreeterClient({
    podName: 'grpc-client-1',
    greetingName: 'world',
    domain: '127.0.0.1',
    port,
    dnsServer: undefined,
    lbPolicy: 'round_robin',
    retries,
    libraryDefaults: false,
    deadlineMs,
  });
}

/** One call to `server`, by the code of the client but in this process. */
async function greetOnce({ port }: Http2Server, { retries = true, deadlineMs = 5000 } = {}): Promise<Outcome> {
  const client = createClient(port, { retries, deadlineMs });
  try {
    return await client.greet();
  } finally {
    client.close();
  }
}

describe('a call that gets no answer', () => {
  for (const { name, answer, code } of LOSSES) {
    it(`is sent again after ${name}`, async (t) => {
      const server = await startHttp2Server(t, [answer, answerOk()]);
      assert.equal((await greetOnce(server)).code, 'OK');
      assert.equal(server.streams, 2);
    });

    it(`is not sent again after ${name} when RETRIES is false`, async (t) => {
      const server = await startHttp2Server(t, [answer, answerOk()]);
      assert.equal((await greetOnce(server, { retries: false })).code, code);
      assert.equal(server.streams, 1);
    });
  }

  for (const [name, trailers, code] of [
    ['INVALID_ARGUMENT', { 'grpc-status': '3' }, 'INVALID_ARGUMENT'],
    ['the server’s own INTERNAL', { 'grpc-status': '13', 'grpc-message': 'internal error' }, 'INTERNAL'],
  ] as const) {
    it(`is not sent again after ${name}`, async (t) => {
      const server = await startHttp2Server(t, [answerTrailersOnly(trailers), answerOk()]);
      assert.equal((await greetOnce(server)).code, code);
      assert.equal(server.streams, 1);
    });
  }

  it('is sent again when its answer begins and does not end', async (t) => {
    const server = await startHttp2Server(t, [standStillAfterHeaders, answerOk('grpc-server-2')]);
    const { code, pod, attempts } = await greetOnce(server);
    assert.deepEqual([code, pod, attempts, server.streams], ['OK', 'grpc-server-2', 2, 2]);
  });

  it('waits for such an answer until its deadline when RETRIES is false', async (t) => {
    const server = await startHttp2Server(t, [standStillAfterHeaders, answerOk()]);
    const { code } = await greetOnce(server, { retries: false, deadlineMs: UNFINISHED_ANSWER_MS + 500 });
    assert.deepEqual([code, server.streams], ['DEADLINE_EXCEEDED', 1]);
  });

  it('ends by its deadline also when every answer begins and never ends', async (t) => {
    const server = await startHttp2Server(t, [standStillAfterHeaders]);
    const { code, attempts } = await greetOnce(server, { deadlineMs: UNFINISHED_ANSWER_MS + 500 });
    assert.deepEqual([code, attempts, server.streams], ['DEADLINE_EXCEEDED', 2, 2]);
  });

  it('is not sent again while its answer may still end', async (t) => {
    const server = await startHttp2Server(t, [answerSlowly(UNFINISHED_ANSWER_MS / 4), answerOk()]);
    assert.equal((await greetOnce(server)).code, 'OK');
    assert.equal(server.streams, 1);
  });

  it('is sent again once after a refused stream when RETRIES is false, since no server has seen it', async (t) => {
    const refusal = reset(constants.NGHTTP2_REFUSED_STREAM);
    const server = await startHttp2Server(t, [refusal, answerOk(), refusal]);
    assert.equal((await greetOnce(server, { retries: false })).code, 'OK');
    assert.equal((await greetOnce(server, { retries: false })).code, 'UNAVAILABLE');
    assert.equal(server.streams, 4);
  });

  it('goes out on another connection if no server has seen it, also when RETRIES is false', async (t) => {
    const server = await startGoawayServer(t);
    const client = createClient(server.port, { retries: false });
    t.after(() => client.close());
    assert.equal((await client.greet()).code, 'OK');
    const { code, attempts } = await new Promise<Outcome>((resolve) => {
      // In a timer the sockets are read after the call is made and before its headers are written. GOAWAY arrives
      // while this thread is busy.
      setTimeout(() => {
        server.sayGoaway();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
        resolve(client.greet());
      });
    });
    assert.deepEqual([code, attempts], ['OK', 1]);
  });

  it('counts the attempts of both layers', async (t) => {
    const unavailable = answerTrailersOnly({ 'grpc-status': '14' });
    const server = await startHttp2Server(t, [reset(constants.NGHTTP2_NO_ERROR), unavailable, unavailable, answerOk()]);
    const { code, attempts } = await greetOnce(server);
    assert.deepEqual([code, attempts, server.streams], ['OK', 4, 4]);
  });

  it('fails after a few attempts, before its deadline', async (t) => {
    const server = await startHttp2Server(t, [reset(constants.NGHTTP2_NO_ERROR)]);
    const { code, attempts } = await greetOnce(server);
    assert.deepEqual([code, attempts, server.streams], ['INTERNAL', 6, 6]);
  });

  it('is sent at most ten times when it fails in different ways in turn', async (t) => {
    const unavailable = answerTrailersOnly({ 'grpc-status': '14' });
    const lost = reset(constants.NGHTTP2_NO_ERROR);
    const server = await startHttp2Server(t, [unavailable, unavailable, unavailable, lost, lost, unavailable]);
    const { code, attempts } = await greetOnce(server);
    assert.deepEqual([code, attempts], ['UNAVAILABLE', server.streams]);
    assert.ok(server.streams <= 10, `${server.streams} attempts`);
  });

  it('never takes longer than its deadline, however often it is sent again', async (t) => {
    const server = await startHttp2Server(t, [
      (stream) => void setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), 150),
    ]);
    const { latencyMs } = await greetOnce(server, { deadlineMs: 400 });
    assert.ok(latencyMs < 500, `${latencyMs} ms`);
    assert.ok(server.streams >= 2);
  });

  it('does not fail when every tenth stream is lost', async (t) => {
    let turn = 0;
    const ok = answerOk();
    const server = await startHttp2Server(t, [
      (stream, cut) => {
        turn += 1;
        // A call is given up after six attempts: of more losses, now and then one call would meet six in a row.
        const { answer } = LOSSES[(turn / 10) % LOSSES.length] ?? { answer: ok };
        answer(stream, cut);
      },
    ]);
    const client = startClient(t, { ...server.env, RATE: '100', COUNT: '200' });
    assert.equal(await client.exited, 0);
    assert.deepEqual(client.summary.byCode, { OK: 200 });
    assert.ok((client.summary.attemptsPerCall ?? 0) > 1.05);
  });
});
