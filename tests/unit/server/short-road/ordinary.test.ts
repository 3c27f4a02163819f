import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { describe, it } from 'node:test';
import { ordinaryRequest, prefixed, wholeMessage, withTimeout } from '../../../../server/short-road/ordinary';

const HEADERS = { ':method': 'POST', 'content-type': 'application/grpc' };
const read = (headers: Record<string, string | undefined>, flags = constants.NGHTTP2_FLAG_END_HEADERS) =>
  ordinaryRequest({ ...HEADERS, ...headers }, flags);

describe('ordinaryRequest()', () => {
  for (const [timeout, ms] of [
    [undefined, Number.POSITIVE_INFINITY],
    ['5S', 5000],
    ['1500m', 1500],
    ['2M', 120_000],
    ['1H', 3_600_000],
    ['1500u', 1],
    ['1n', 0],
    ['00000001S', 1000],
  ] as const) {
    it(`reads a deadline of ${timeout ?? 'none'} as ${ms} ms`, () => {
      assert.deepEqual(read({ 'grpc-timeout': timeout }), { timeoutMs: ms });
    });
  }

  for (const headers of [
    ...['', '5', 'S', '5s', '5 S', '-5S', '123456789m', '5S, 5S', '600H'].map((value) => ({ 'grpc-timeout': value })),
    ...['application/grpc-web', 'application/grpc+json', undefined].map((value) => ({ 'content-type': value })),
    ...['gzip', 'identity, gzip', ''].map((value) => ({ 'grpc-encoding': value })),
    { ':method': 'GET' },
  ]) {
    it(`leaves ${JSON.stringify(headers)} to grpc-js`, () => assert.equal(read(headers), undefined));
  }

  it('leaves a request without a message to grpc-js', () => {
    assert.equal(read({}, constants.NGHTTP2_FLAG_END_HEADERS | constants.NGHTTP2_FLAG_END_STREAM), undefined);
  });
});

describe('withTimeout()', () => {
  it('writes what is left of a deadline so that it is read as no less', () => {
    for (const [leftMs, header] of [
      [0, '0m'],
      [12.3, '13m'],
      [99_999_999, '99999999m'],
      [2 ** 31 - 1, '2147484S'],
    ] as const) {
      assert.deepEqual(withTimeout({ 'grpc-timeout': '1H' }, leftMs), { 'grpc-timeout': header });
    }
    assert.deepEqual(withTimeout({}, Number.POSITIVE_INFINITY), {});
  });
});

describe('wholeMessage()', () => {
  const message = Buffer.from('hello');
  const data = prefixed(message);

  it('reads what prefixed() writes, up to the limit', () => {
    assert.deepEqual(wholeMessage(data, 5), message);
    assert.deepEqual(wholeMessage(prefixed(Buffer.alloc(0)), 5), Buffer.alloc(0));
    assert.equal(wholeMessage(data, 4), undefined);
  });

  it('takes no part of a message, no two of them, and none that is compressed', () => {
    const flagged = Buffer.from(data);
    flagged[0] = 1;
    for (const odd of [data.subarray(0, 3), data.subarray(0, 9), Buffer.concat([data, data]), flagged]) {
      assert.equal(wholeMessage(odd, 100), undefined);
    }
  });
});
