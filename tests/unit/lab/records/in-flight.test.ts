import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../../../lab/records/call';
import { inFlightAtSending } from '../../../../lab/records/in-flight';

test('inFlightAtSending() counts the calls that were unanswered when each one was sent', () => {
  const calls = [
    [0, 10],
    [5, 1],
    [6, 100],
    [10, 1],
    [50, 1],
    [200, 1],
  ].map(([sentMs, latencyMs]) => ({ sentMs, latencyMs })) as Call[];
  assert.deepEqual(inFlightAtSending(calls), [0, 1, 1, 1, 1, 0]);
});
