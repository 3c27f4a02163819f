import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { createGreeter } from '../../../server/greeter';

const greet = createGreeter('grpc-server-1');
const greeted = (name: string) => {
  const answer = greet({ name, client: 'grpc-client-1' });
  assert(answer.ok);
  return answer.reply.message;
};

describe('createGreeter()', () => {
  it('greets by name and says which pod does', () => {
    assert.deepEqual(greet({ name: 'World', client: '' }), {
      ok: true,
      reply: { message: 'Hello, World! This message is from grpc-server-1', pod: 'grpc-server-1' },
    });
  });

  for (const name of ['__proto__', 'constructor', '\u0000', 'a\nb', ' ', '$&', 'x'.repeat(256), '😀'.repeat(256)]) {
    it(`greets ${JSON.stringify(name).slice(0, 20)} (${name.length} units)`, () => {
      assert.equal(greeted(name), `Hello, ${name}! This message is from grpc-server-1`);
    });
  }

  for (const [name, characters] of [
    ['', 0],
    ['x'.repeat(257), 257],
    ['😀'.repeat(257), 257],
    ['x'.repeat(60_000), 60_000],
  ] as const) {
    it(`refuses a name of ${characters} characters (${name.length} units) and does not repeat it`, () => {
      assert.deepEqual(greet({ name, client: '' }), {
        ok: false,
        code: status.INVALID_ARGUMENT,
        details: `name: expected 1-256 characters, got ${characters}`,
      });
    });
  }

  it('replaces half an emoji, which no encoder takes', () => {
    assert.equal(greeted('a\ud83d'), 'Hello, a\ufffd! This message is from grpc-server-1');
  });
});
