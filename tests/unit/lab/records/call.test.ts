// A line of calls.ndjson is read, or refused with its number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallParser } from '../../../../lab/records/call';
import { LINE } from './one-call';

test('CallParser.parse() reads a line, and shares equal names', () => {
  const parser = new CallParser();
  const call = parser.parse(JSON.stringify({ load: 'main', ...LINE }), 'here');
  assert.deepEqual(call, { load: 'main', ...LINE });
  const message = { load: 'chat', ...LINE, stream: 7, opening: 2 };
  assert.deepEqual(parser.parse(JSON.stringify(message), 'here'), message);
  const late = { load: 'main', ...LINE, neverSent: 250 };
  assert.deepEqual(parser.parse(JSON.stringify(late), 'here'), late);
});

for (const [name, line, expected] of [
  ['no JSON', '{"seq":1', /calls line 3: expected a JSON object, got \{"seq":1/],
  ['a list', '[]', /expected a JSON object/],
  ['no load', JSON.stringify(LINE), /expected load to be text, got undefined/],
  ['a missing number', JSON.stringify({ load: 'a', ...LINE, sentMs: undefined }), /expected sentMs to be a number/],
  [
    'a number as text',
    JSON.stringify({ load: 'a', ...LINE, latencyMs: '1' }),
    /expected latencyMs to be a number, got 1/,
  ],
  ['a negative count', JSON.stringify({ load: 'a', ...LINE, attempts: -1 }), /expected attempts to be a count, got -1/],
  ['a pod that is not text', JSON.stringify({ load: 'a', ...LINE, pod: null }), /expected pod to be text, got null/],
] as const) {
  test(`CallParser.parse() refuses ${name}`, () => {
    assert.throws(() => new CallParser().parse(line, 'calls line 3'), expected);
  });
}
