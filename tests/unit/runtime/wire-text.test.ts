import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printable, printableText, wireName, wireText } from '../../../runtime/wire-text';
import { prometheusConfig } from '../../support/metrics-config';

describe('wireName()', () => {
  it('leaves a name alone that a pod can have', () => {
    for (const name of ['', 'grpc-server-7f9c-x2x', '127.0.0.1:50051', 'x'.repeat(63)])
      assert.equal(wireName(name), name);
  });

  it('keeps both ends of a longer one, so that pods of one kind stay apart', () => {
    const [one, other] = ['1', '2'].map((end) => wireName(`${'x'.repeat(300)}${end}`));
    assert.notEqual(one, other);
    assert.equal(one?.length, 63);
  });

  it('gives no label that makes Prometheus refuse the scrape, whatever the script', () => {
    const limit = Number(prometheusConfig().global.label_value_length_limit);
    for (const letter of ['x', 'é', '東', '😀', '\u0000', '\ud83d', '"', '\\']) {
      const bytes = Buffer.byteLength(wireName(letter.repeat(10_000)));
      assert.ok(bytes <= limit, `${letter}: ${bytes} bytes`);
    }
  });

  it('has nothing in it that a terminal obeys', () => assert.equal(wireName('a\n\u001b[2Jb'), 'a\ufffd\ufffd[2Jb'));
});

describe('wireText()', () => {
  it('keeps the longest greeting whole, and cuts what is longer', () => {
    const longest = `Hello, ${'😀'.repeat(256)}! This message is from ${'x'.repeat(253)}`;
    assert.equal(wireText(longest), longest);
    assert.equal(printableText(longest), longest);
    assert.equal(wireText('x'.repeat(65_536)).length, 1024);
  });
});

describe('printable()', () => {
  for (const [what, text, expected] of [
    ['plain text', 'grpc-client-7f9c', 'grpc-client-7f9c'],
    ['letters of any script', 'Žofie 東京 😀', 'Žofie 東京 😀'],
    ['line breaks', 'a\nb\r\u2028\u2029\u0085', 'a\ufffdb\ufffd\ufffd\ufffd\ufffd'],
    ['terminal codes', '\u001b[31m\u009b', '\ufffd[31m\ufffd'],
    ['a change of direction', 'a\u202eb\u200f', 'a\ufffdb\ufffd'],
    ['NUL', '\u0000', '\ufffd'],
    ['half an emoji', 'a\ud83d', 'a\ufffd'],
  ] as const) {
    it(`treats ${what}`, () => assert.equal(printable(text), expected));
  }

  it('cuts at 256 units, and not to half an emoji', () => {
    assert.equal(printable('x'.repeat(300)), 'x'.repeat(256));
    assert.equal(printable(`${'x'.repeat(255)}😀`), `${'x'.repeat(255)}\ufffd`);
  });
});
