import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClientProcess, type LogLine, startClient } from './client-process';
import { GreeterServer } from './greeter-server';
import { answerOk, startHttp2Server } from './http2-server';

function durationMs(client: ClientProcess): number {
  const [start = Number.NaN, end = Number.NaN] = ['started', 'summary'].map((message) =>
    Date.parse(client.linesOf(message)[0]?.time as string),
  );
  return end - start;
}

function assertWithin(actual: number, min: number, max: number): void {
  assert.ok(actual >= min && actual <= max, `expected ${min}-${max}, got ${actual}`);
}

describe('the pace of a client', () => {
  it('is kept at RATE=200 on one connection, with no line per call', async (t) => {
    const server = await startHttp2Server(t, [answerOk()]);
    const client = startClient(t, { ...server.env, RATE: '200', COUNT: '600' });
    assert.equal(await client.exited, 0);
    // The last call is due 599 intervals of 5 ms after the first.
    assertWithin(durationMs(client), 2990, 4500);
    assert.deepEqual(client.summary.byCode, { OK: 600 });
    assert.equal(server.sessions, 1);
    assert.equal(client.received.length, 0);
  });

  it('may be a fraction, overrides INTERVAL_MS, and shows each reply when it is low', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, RATE: '1.5', INTERVAL_MS: '60000', COUNT: '3' });
    assert.equal(await client.exited, 0);
    assert.equal(client.received.length, 3);
    assertWithin(durationMs(client), 1330, 2800);
  });

  it('is limited by MAX_IN_FLIGHT: late calls are sent, counted, and reported in one line', async (t) => {
    const server = await GreeterServer.start(t, { delayMs: 100 });
    const client = startClient(t, { ...server.env, RATE: '100', COUNT: '40', MAX_IN_FLIGHT: '2' });
    await client.until('behind schedule');
    assert.ok(server.inFlight <= 2);
    assert.equal(await client.exited, 0);
    assert.deepEqual(client.summary.byCode, { OK: 40 });
    assert.equal(server.calls, 40);
    // Two end every 100 ms: the fifth is due at 40 ms and sent at 200 ms at the earliest.
    assert.ok(client.summary.behindSchedule >= 36, `${client.summary.behindSchedule} behind`);
    assert.equal(client.linesOf('behind schedule').length, 1);
  });

  it('is reported in a tally every 10 s', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, RATE: '20' });
    await client.until('tally');
    const { calls, ok, failed, pods, seconds } = client.linesOf('tally')[0] as LogLine;
    assertWithin(calls as number, 150, 250);
    assert.deepEqual([ok, failed, pods], [calls, 0, { 'grpc-server-1': calls }]);
    assert.ok((seconds as number) >= 9.9);
  });

  it('goes over a new connection each time with NEW_CHANNEL_PER_CALL', async (t) => {
    const server = await startHttp2Server(t, [answerOk()]);
    const client = startClient(t, { ...server.env, RATE: '50', COUNT: '20', NEW_CHANNEL_PER_CALL: 'true' });
    assert.equal(await client.exited, 0);
    assert.equal(client.summary.ok, 20);
    assert.equal(server.sessions, 20);
  });
});
