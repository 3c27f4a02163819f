import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { addReflection } from '../../../server/reflection';

const QUESTION = { messageRequest: 'listServices', listServices: '*' };

/** A reflection stream whose peer takes an answer only when `takeOne()` is called. */
class FakeStream extends Duplex {
  answers = 0;
  private done: (() => void) | undefined;
  constructor() {
    super({ objectMode: true, highWaterMark: 4 });
  }
  override _read() {
    // Questions are pushed by the test.
  }
  override _write(_answer: unknown, _encoding: string, done: () => void) {
    this.answers += 1;
    this.done = done;
  }
  takeOne() {
    this.done?.();
  }
}

function handlers(): Array<(stream: FakeStream) => void> {
  const found: UntypedServiceImplementation[] = [];
  addReflection({ addService: (_definition, implementation) => void found.push(implementation) });
  return found.map(({ ServerReflectionInfo }) => ServerReflectionInfo as unknown as (stream: FakeStream) => void);
}

describe('addReflection()', () => {
  it('adds v1 and v1alpha', () => assert.equal(handlers().length, 2));

  for (const [index, version] of ['v1', 'v1alpha'].entries()) {
    it(`answers no more questions of ${version} than the peer takes answers`, async () => {
      const stream = new FakeStream();
      handlers()[index]?.(stream);
      for (let n = 0; n < 100; n += 1) stream.push(QUESTION);
      await setImmediate();
      assert.equal(stream.answers, 1);
      assert(stream.writableLength <= 5, `${stream.writableLength} answers wait`);
      for (let n = 0; n < 100; n += 1) {
        stream.takeOne();
        await setImmediate();
      }
      assert.equal(stream.answers, 100);
    });
  }
});
