import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { unaryHandler } from '../../../server/calls';
import { chat, FakeStream, type Request, type Respond, respond, rig, secret, settled } from './handler-rig';

class FakeCall extends EventEmitter {
  constructor(
    readonly request: Request,
    private readonly deadline: number = Number.POSITIVE_INFINITY,
  ) {
    super();
  }
  getDeadline() {
    return this.deadline;
  }
}

type Handler = (call: unknown, callback: (...answer: unknown[]) => void) => void;
function callUnary(answer: Respond, call = new FakeCall({ name: 'x', client: 'c' })) {
  const made = rig(answer);
  const answers: unknown[][] = [];
  (unaryHandler(made.deps) as unknown as Handler)(call, (...given) => answers.push(given));
  return { ...made, answers, call };
}

describe('unaryHandler()', () => {
  it('replies, and records OK and the client', () => {
    const { answers, ends, clients } = callUnary(respond);
    assert.deepEqual([answers, ends, clients], [[[null, 'Hello, x!']], [status.OK], ['c']]);
  });

  it('refuses with the code and the details of the refusal', () => {
    const { answers, ends } = callUnary(respond, new FakeCall({ name: '', client: '' }));
    assert.deepEqual(answers, [[{ code: status.INVALID_ARGUMENT, details: 'name: no' }]]);
    assert.deepEqual(ends, [status.INVALID_ARGUMENT]);
  });

  for (const [what, broken] of [
    ['a throw', () => assert.fail(secret)],
    ['a rejection', () => Promise.reject(secret)],
  ] as ReadonlyArray<readonly [string, Respond]>) {
    it(`turns ${what} into INTERNAL with a fixed text, and logs it once`, async () => {
      const { answers, ends, lines } = callUnary(broken);
      await setImmediate();
      assert.deepEqual(answers, [[{ code: status.INTERNAL, details: 'the server failed to handle this request' }]]);
      assert.deepEqual(ends, [status.INTERNAL]);
      assert.equal(lines.length, 1);
      assert.match(lines[0] as string, /"level":"error".*\/etc\/secret.*"msg":"handler failed"/);
    });
  }

  it('replies when a promised answer is there', async () => {
    const { answers, ends } = callUnary(async () => ({ ok: true, reply: 'late' }));
    assert.deepEqual([answers, ends], [[], []]);
    await setImmediate();
    assert.deepEqual([answers, ends], [[[null, 'late']], [status.OK]]);
  });

  for (const [what, deadline, code] of [
    ['CANCELLED when the client gives up', Number.POSITIVE_INFINITY, status.CANCELLED],
    ['DEADLINE_EXCEEDED when its deadline passes', Date.now() - 1, status.DEADLINE_EXCEEDED],
  ] as const) {
    it(`records ${what} before an answer is there`, () => {
      const { ends, call } = callUnary(() => new Promise(() => {}), new FakeCall({ name: 'x', client: '' }, deadline));
      call.emit('cancelled', 'cancelled');
      assert.deepEqual(ends, [code]);
    });
  }
});

describe('bidiHandler()', () => {
  it('replies once per request, in order, and ends when the client has', async () => {
    const { stream, send, ends, clients } = chat();
    send('a', 'b', 'c');
    stream.push(null);
    await once(stream, 'finish');
    assert.deepEqual(stream.replies, ['Hello, a!', 'Hello, b!', 'Hello, c!']);
    assert.deepEqual([stream.statuses, ends, clients], [['OK'], [status.OK], ['client of a']]);
  });

  it('keeps the order when a later answer is ready first', async () => {
    const times: Record<string, number> = { a: 5, b: 0 };
    const slow: Respond = async ({ name }) => {
      for (let turn = 0; turn < (times[name] ?? 0); turn += 1) await setImmediate();
      return { ok: true, reply: name };
    };
    const { stream, send } = chat(slow);
    send('a', 'b');
    stream.push(null);
    await once(stream, 'finish');
    assert.deepEqual(stream.replies, ['a', 'b']);
  });

  it('ends with the refusal of a bad request after the replies before it, and answers nothing after it', async () => {
    const { stream, send, ends } = chat();
    send('a', '', 'b');
    await settled();
    assert.deepEqual(stream.replies, ['Hello, a!']);
    assert.deepEqual(stream.statuses, [{ code: status.INVALID_ARGUMENT, details: 'name: no' }]);
    assert.deepEqual(ends, [status.INVALID_ARGUMENT]);
  });

  for (const [what, broken] of [
    ['a throw', () => assert.fail(secret)],
    ['a rejection', () => Promise.reject(secret)],
  ] as ReadonlyArray<readonly [string, Respond]>) {
    it(`turns ${what} into INTERNAL with a fixed text`, async () => {
      const { stream, send, ends, lines } = chat(broken);
      send('a');
      await settled();
      const details = 'the server failed to handle this request';
      assert.deepEqual(stream.statuses, [{ code: status.INTERNAL, details }]);
      assert.deepEqual([ends, lines.length], [[status.INTERNAL], 1]);
    });
  }

  it('records CANCELLED when the client leaves while it waits for a request', async () => {
    const { stream, send, ends } = chat();
    send('a');
    await settled();
    stream.cancel();
    await settled();
    assert.equal(ends[0], status.CANCELLED);
  });

  it('stops reading when the client does not take the replies, and goes on when it does', async () => {
    const stream = new FakeStream(true);
    const { send } = chat(respond, stream);
    send('a', 'b', 'c', 'd', 'e', 'f');
    await settled();
    assert.deepEqual(stream.replies, ['Hello, a!']);
    assert(stream.readableLength >= 3, `${stream.readableLength} requests wait`);
    for (let n = 0; n < 6; n += 1) {
      stream.release?.();
      await settled();
    }
    assert.equal(stream.replies.length, 6);
  });

  it('releases a stream that is cancelled while it waits for the client to read', async () => {
    const stream = new FakeStream(true);
    const { send, ends } = chat(respond, stream);
    send('a', 'b', 'c', 'd');
    await settled();
    stream.cancel();
    await settled();
    assert.equal(ends[0], status.CANCELLED);
    assert.equal(stream.listenerCount('drain'), 0);
  });
});
