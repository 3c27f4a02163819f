import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { endable } from '../../../server/endable';

/** Hands out what is pushed, and remembers whether it was closed. */
class Source implements AsyncIterable<string> {
  isClosed = false;
  asked = 0;
  private answer: { resolve(result: IteratorResult<string>): void; reject(error: Error): void } | undefined;

  push(value: string): void {
    this.answer?.resolve({ done: false, value });
  }
  fail(error: Error): void {
    this.answer?.reject(error);
  }
  finish(): void {
    this.answer?.resolve({ done: true, value: undefined });
  }
  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.asked += 1;
          this.answer = { resolve, reject };
        }),
      return: async () => {
        this.isClosed = true;
        return { done: true, value: undefined };
      },
    };
  }
}

function reading(source = new Source(), stopAt = '') {
  const values = endable(source);
  const seen: string[] = [];
  const read = async () => {
    for await (const value of values) {
      seen.push(value);
      if (value === stopAt) break;
    }
    return 'done';
  };
  return { source, values, seen, read: read() };
}

describe('endable()', () => {
  it('hands out all values of a source that is not ended', async () => {
    const { source, seen, read } = reading();
    for (const value of ['a', 'b']) {
      source.push(value);
      await setImmediate();
    }
    source.finish();
    assert.deepEqual([await read, seen], ['done', ['a', 'b']]);
  });

  it('ends while it waits for a value, and hands out none that comes later', async () => {
    const { source, values, seen, read } = reading();
    source.push('a');
    await setImmediate();
    values.end();
    assert.equal(await read, 'done');
    source.push('b');
    await setImmediate();
    assert.deepEqual([seen, source.asked], [['a'], 2]);
  });

  it('does not ask the source again once it is ended', async () => {
    const { source, values, read } = reading();
    await setImmediate();
    source.push('a');
    values.end();
    assert.equal(await read, 'done');
    assert.equal(source.asked, 1);
  });

  it('lets no failure of the source go unhandled after the end', async () => {
    const { source, values, read } = reading();
    await setImmediate();
    values.end();
    source.fail(new Error('the stream was destroyed'));
    assert.equal(await read, 'done');
    await setImmediate();
  });

  it('passes on a failure, and a loop that is left', async () => {
    const failing = reading();
    await setImmediate();
    failing.source.fail(new Error('gone'));
    await assert.rejects(failing.read, /gone/);

    const left = reading(new Source(), 'a');
    await setImmediate();
    left.source.push('a');
    assert.equal(await left.read, 'done');
    assert.equal(left.source.isClosed, true);
  });
});
