import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { createLogger } from '../../../runtime/log';
import { bidiHandler, type Responder, unaryHandler } from '../../../server/calls';
import type { WatchAge } from '../../../server/stream-age';

interface Request {
  readonly name: string;
  readonly client: string;
}
type Respond = Responder<Request, string>;

const REFUSAL = { ok: false, code: status.INVALID_ARGUMENT, details: 'name: no' } as const;
const respond: Respond = ({ name }) => (name === '' ? REFUSAL : { ok: true, reply: `Hello, ${name}!` });
const secret = new Error('/etc/secret and the name of a client');

/** What a handler needs, and what it left behind. */
function rig(answer: Respond = respond) {
  const ends: number[] = [];
  const clients: string[] = [];
  const lines: string[] = [];
  let messages = 0;
  const startRecord = (client: string) => ({
    client,
    message() {
      messages += 1;
    },
    end(code: number) {
      ends.push(code);
      clients.push(this.client);
    },
  });
  const stream = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: 'grpc-server', pod: 'p', level: 'info', stream });
  return { deps: { respond: answer, startRecord, log }, ends, clients, lines, messages: () => messages };
}

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

/** A stream as the library makes it: an 'error' event is a status to end with, a cancelled stream is destroyed. */
class FakeStream extends Duplex {
  readonly replies: unknown[] = [];
  readonly statuses: unknown[] = [];
  cancelled = false;
  /** Holds every reply back until `release()` is called, as a peer that does not read does. */
  release: (() => void) | undefined;
  reads = 0;

  constructor(private readonly isSlow = false) {
    super({ objectMode: true, highWaterMark: 2 });
    this.on('error', ({ code, details }: { code: number; details: string } & Error) => {
      this.statuses.push({ code, details });
    });
    this.on('finish', () => this.statuses.length === 0 && this.statuses.push('OK'));
  }
  getDeadline() {
    return Number.POSITIVE_INFINITY;
  }
  override _read() {
    this.reads += 1;
  }
  override _write(reply: unknown, _encoding: string, done: () => void) {
    this.replies.push(reply);
    if (this.isSlow) this.release = done;
    else done();
  }
  cancel() {
    this.cancelled = true;
    this.emit('cancelled', 'cancelled');
    this.destroy();
  }
}

function chat(answer: Respond = respond, stream = new FakeStream(), watchAge?: WatchAge) {
  const made = rig(answer);
  (bidiHandler({ ...made.deps, watchAge }) as unknown as (stream: FakeStream) => void)(stream);
  const send = (...names: string[]) => names.forEach((name) => void stream.push({ name, client: `client of ${name}` }));
  return { ...made, stream, send };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

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

/** Streams that grow old when a test says so. */
function ageing() {
  let grow = () => {};
  let watched = 0;
  const watchAge: WatchAge = (onOld) => {
    grow = onOld;
    watched += 1;
    return () => {
      watched -= 1;
    };
  };
  return { watchAge, growOld: () => grow(), watched: () => watched };
}

describe('bidiHandler() with an age', () => {
  it('ends a quiet stream with OK when it is old, though its client has not', async () => {
    const { watchAge, growOld } = ageing();
    const { stream, send, ends, messages } = chat(respond, new FakeStream(), watchAge);
    send('a', 'b');
    await settled();
    assert.deepEqual(stream.statuses, []);
    growOld();
    await settled();
    assert.deepEqual([stream.replies, stream.statuses], [['Hello, a!', 'Hello, b!'], ['OK']]);
    assert.deepEqual([ends, messages()], [[status.OK], 2]);
  });

  it('answers the request that it has begun, and begins no other', async () => {
    const { watchAge, growOld } = ageing();
    const begun: string[] = [];
    let release = () => {};
    const slow: Respond = async ({ name }) => {
      begun.push(name);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return { ok: true, reply: name };
    };
    const { stream, send, ends, messages } = chat(slow, new FakeStream(), watchAge);
    send('a', 'b');
    await settled();
    growOld();
    await settled();
    assert.deepEqual([begun, stream.replies, stream.statuses], [['a'], [], []]);
    release();
    await settled();
    assert.deepEqual([begun, stream.replies, stream.statuses], [['a'], ['a'], ['OK']]);
    send('c');
    await settled();
    assert.deepEqual([begun, ends, messages()], [['a'], [status.OK], 1]);
  });

  it('takes no notice of what the client does to an old stream', async () => {
    const { watchAge, growOld } = ageing();
    const { stream, send, ends } = chat(respond, new FakeStream(), watchAge);
    send('a');
    await settled();
    growOld();
    await settled();
    stream.cancel();
    await settled();
    assert.equal(ends[0], status.OK);
    assert.deepEqual(stream.statuses, ['OK']);
  });

  it('watches a stream until it is closed, and still refuses a bad request', async () => {
    const { watchAge, watched, growOld } = ageing();
    const { stream, send, ends } = chat(respond, new FakeStream(), watchAge);
    send('a', '');
    await settled();
    assert.deepEqual(stream.statuses, [{ code: status.INVALID_ARGUMENT, details: 'name: no' }]);
    growOld();
    await settled();
    assert.deepEqual([ends, watched()], [[status.INVALID_ARGUMENT], 1]);
    stream.cancel();
    await settled();
    assert.equal(watched(), 0);
  });
});
