// A line of events.ndjson is read, or refused with its number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, parseEvent } from '../../../../lab/records/event';

test('parseEvent() reads every kind', () => {
  for (const kind of EVENT_KINDS)
    assert.deepEqual(parseEvent(JSON.stringify({ atMs: 1, kind }), 'here'), { atMs: 1, kind });
});

for (const [name, line, expected] of [
  ['an unknown kind', '{"atMs":1,"kind":"explosion"}', /line 1: expected a known kind, got explosion/],
  ['a kind of every object', '{"atMs":1,"kind":"toString"}', /expected a known kind/],
  ['a missing time', '{"kind":"note"}', /expected atMs to be a number/],
  ['a nested detail', '{"atMs":1,"kind":"note","detail":{"text":{}}}', /expected a flat detail/],
  ['a field too many', '{"atMs":1,"kind":"note","text":"x"}', /and no more, got \{"text":"x"\}/],
] as const) {
  test(`parseEvent() refuses ${name}`, () => {
    assert.throws(() => parseEvent(line, 'events line 1'), expected);
  });
}
