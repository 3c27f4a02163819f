import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sendingTimes } from '../../../../lab/report/sending-times';
import { START_MS } from '../../../support/synthetic-run';
import { steadyCalls } from '../experiments/judged-runs';

const SPAN = { fromMs: START_MS, toMs: START_MS + 60_000 };
const load = (name: string, fromS: number, toS: number) => steadyCalls({ load: name, fromS, toS, rate: 10 });
const inSeconds = (calls: ReturnType<typeof load>) =>
  sendingTimes(calls, SPAN).map(({ fromMs, toMs }) => [fromMs, toMs].map((ms) => Math.round(ms - START_MS) / 1000));

describe('sendingTimes()', () => {
  it('lasts from the first call of a load to the time at which one more would have been due', () => {
    assert.deepEqual(inSeconds(load('one', 2, 5)), [[2, 5]]);
  });

  it('joins loads that overlap or touch, and leaves out the time between others', () => {
    const calls = [...load('one', 2, 5), ...load('two', 4, 8), ...load('three', 8, 9), ...load('four', 20, 30)];
    assert.deepEqual(inSeconds(calls), [
      [2, 9],
      [20, 30],
    ]);
  });

  it('takes a load for sending while it waits', () => {
    const calls = load('one', 0, 30).filter(({ sentMs }) => sentMs < START_MS + 10_000 || sentMs >= START_MS + 20_000);
    const [stretch, ...others] = inSeconds(calls);
    assert.deepEqual(others, []);
    assert.ok(stretch?.[0] === 0 && (stretch[1] ?? 0) >= 29.9);
  });

  it('is cut to the span, and empty without calls', () => {
    assert.deepEqual(inSeconds(load('one', -5, 70)), [[0, 60]]);
    assert.deepEqual(inSeconds(load('one', 61, 70)), []);
    assert.deepEqual(inSeconds([]), []);
    // One call alone is a moment.
    assert.deepEqual(inSeconds(load('one', 3, 3.1)), [[3, 3.001]]);
  });
});
