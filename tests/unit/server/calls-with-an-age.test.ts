import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { WatchAge } from '../../../server/stream-age';
import { chat, FakeStream, type Respond, respond, settled } from './handler-rig';

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
