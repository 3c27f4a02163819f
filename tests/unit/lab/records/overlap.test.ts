import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverage } from '../../../../lab/records/overlap';
import { call } from './one-call';

test('coverage() holds for a load that runs all through, and not for one that starts late, ends early or pauses', () => {
  const steady = Array.from({ length: 101 }, (_, index) => call(index * 100));
  const span = { fromMs: 3000, toMs: 6000 };
  assert.deepEqual(coverage(steady, span), { isCovered: true, longestGapMs: 100 });
  assert.equal(coverage(steady.slice(35), span).isCovered, false);
  assert.equal(coverage(steady.slice(0, 55), span).isCovered, false);
  const paused = [...steady.slice(0, 40), ...steady.slice(55)];
  assert.equal(coverage(paused, span).longestGapMs, 1600);
  assert.equal(coverage([], span).isCovered, false);
});
