// Handlers that take their time, give up or go wrong, behind both roads: the greeter's answer at once, so that its
// process cannot show what a deadline, a caller that goes away or a bad reply does to others.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLogger } from '../../runtime/log';
import type { SendAnswer, UnaryCall } from '../../server/calls';
import { type GrpcServer, MAX_MESSAGE_BYTES, startGrpcServer } from '../../server/grpc-server';
import { shortMethod } from '../../server/short-road/short-method';
import { framed, openSession, type RawCall, rawCall } from './http2-call';
import { until } from './scrape';

const PATH = '/test.Words/Say';
const DEFINITION = {
  path: PATH,
  requestStream: false,
  responseStream: false,
  requestSerialize: (word: string) => Buffer.from(word),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (word: string) => {
    if (word === 'unsayable') throw new Error('a secret');
    return Buffer.from(word);
  },
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
} as const;

/** Which class of call each handler got, and which calls were cancelled. */
interface Seen {
  readonly calls: string[];
  readonly cancelled: string[];
}

function say({ calls, cancelled }: Seen) {
  return (call: UnaryCall<string>, answer: SendAnswer<string>) => {
    calls.push(call.constructor.name);
    call.once('cancelled', () => {
      const isLate = Date.now() >= Number(call.getDeadline()) - 1;
      cancelled.push(`${call.request} ${isLate ? 'late' : 'in time'}`);
      // The caller is gone, which must do no harm.
      answer(null, 'too late');
    });
    if (call.request === 'soon') setTimeout(() => answer(null, 'now'), 20);
    else if (call.request === 'refuse') answer({ code: 9, details: 'no: 100 % ü' });
    else if (call.request === 'large') answer(null, 'x'.repeat(MAX_MESSAGE_BYTES + 1));
    else if (call.request !== 'never') answer(null, call.request);
  };
}

const ask = (word: string, call: RawCall = {}): RawCall => ({ path: PATH, body: framed(Buffer.from(word)), ...call });

for (const road of ['short', 'long'] as const) {
  describe(`a waiting handler behind the ${road} road`, () => {
    const seen: Seen = { calls: [], cancelled: [] };
    const never = new AbortController().signal;
    let server: GrpcServer;
    before(async () => {
      const log = createLogger({ service: 's', pod: 'p', level: 'info', stream: { write: () => undefined } });
      server = await startGrpcServer({
        host: '127.0.0.1',
        port: 0,
        services: [(target) => target.addService({ Say: DEFINITION }, { Say: say(seen) })],
        shortMethods: road === 'short' ? [shortMethod(DEFINITION, say(seen))] : [],
        log,
      });
    });
    after(() => server.close(0, never));

    for (const [word, outcome, details, reply] of [
      ['soon', 'OK', 'OK', 'now'],
      ['refuse', 'FAILED_PRECONDITION', 'no:%20100%20%25%20%C3%BC', ''],
      ['large', 'RESOURCE_EXHAUSTED', 'Sent%20message%20larger%20than%20max%20(65542%20vs.%2065536)', ''],
      ['unsayable', 'INTERNAL', 'Error%20serializing%20response', ''],
    ] as const) {
      it(`answers "${word}" with ${outcome}`, async () => {
        const session = await openSession(server.port);
        const answer = await rawCall(session, ask(word));
        session.destroy();
        assert.deepEqual([answer.outcome, answer.details, answer.reply.toString()], [outcome, details, reply]);
      });
    }

    it('ends a call at its deadline, and tells the handler', async () => {
      const session = await openSession(server.port);
      const { outcome, details } = await rawCall(session, ask('never', { headers: { 'grpc-timeout': '50m' } }));
      session.destroy();
      assert.deepEqual([outcome, details], ['DEADLINE_EXCEEDED', 'Deadline%20exceeded']);
      await until('the handler knows', () => seen.cancelled.includes('never late'));
    });

    it('tells the handler when its caller goes away', async () => {
      const session = await openSession(server.port);
      await rawCall(session, ask('never', { cancelAfterMs: 50 }));
      session.destroy();
      await until('the handler knows', () => seen.cancelled.includes('never in time'));
    });

    it(`came by the ${road} road`, () => {
      assert.ok(seen.calls.length >= 6);
      assert.deepEqual([...new Set(seen.calls)], [road === 'short' ? 'ShortCall' : 'ServerWritableStreamImpl']);
    });
  });
}
