import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, StartError, statusName, toError } from '../../../runtime/errors';

describe('toError()', () => {
  it('returns an error unchanged', () => {
    const error = new TypeError('x');
    assert.equal(toError(error), error);
  });

  for (const thrown of ['text', undefined, null, 7, { code: 5 }]) {
    it(`wraps ${JSON.stringify(thrown)} and keeps it as the cause`, () => {
      const error = toError(thrown);
      assert.equal(error.message, String(thrown));
      assert.equal(error.cause, thrown);
    });
  }
});

describe('statusName()', () => {
  for (const [code, name] of [
    [0, 'OK'],
    [3, 'INVALID_ARGUMENT'],
    [16, 'UNAUTHENTICATED'],
    [99, 'CODE_99'],
    [Number.NaN, 'CODE_NaN'],
  ] as const) {
    it(`calls ${code} ${name}`, () => assert.equal(statusName(code), name));
  }
});

describe('ConfigError', () => {
  it('has one line per problem', () => assert.equal(new ConfigError(['a', 'b']).message, 'a\nb'));
});

describe('StartError', () => {
  it('keeps what caused it', () => {
    const cause = new Error('EADDRINUSE');
    assert.equal(new StartError('cannot serve', { cause }).cause, cause);
  });
});
