// Numbers, thresholds, lengths of time and dates as a reader wants them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatDate,
  formatDuration,
  formatInterval,
  formatNumber,
  formatQuantity,
  formatThreshold,
} from '../../../../lab/report/quantity';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

for (const [value, unit, text] of [
  [0, 'calls', '0 calls'],
  [1, 'calls', '1 call'],
  [12_345, 'calls', '12,345 calls'],
  [1.5, 's', '1.5 s'],
  [1, 's', '1 s'],
  [1, 'ms', '1 ms'],
  [0.012345, 'ms', '0.01 ms'],
  [123.456, 'ms', '123 ms'],
  [0.333333, 'share', '33.3 %'],
  [0.9999999, 'index', '1'],
  [0.999_991, 'index', '0.999991'],
  [0.0783, 'ratio', '0.0783 ×'],
  [-4, 'calls', '−4 calls'],
  [null, 'ms', 'not measured'],
  [Number.NaN, 'ms', 'not measured'],
] as const) {
  test(`formatQuantity(${value}, ${unit}) is "${text}"`, () => {
    assert.equal(plain(formatQuantity(value, unit)), text);
  });
}

test('formatThreshold() says what must hold', () => {
  assert.equal(plain(formatThreshold({ atMost: 1.5 }, 's')), '≤ 1.5 s');
  assert.equal(plain(formatThreshold({ atLeast: 0.99 }, 'share')), '≥ 99 %');
  assert.equal(plain(formatThreshold({ equals: 0 }, 'calls')), '= 0 calls');
  assert.equal(plain(formatThreshold({ between: [0.1, 0.3] }, 'index')), '0.1 to 0.3');
  assert.equal(formatThreshold({ reported: true }, 'ms'), 'reported');
  assert.equal(plain(formatInterval({ low: 0.2, high: Number.POSITIVE_INFINITY }, 'ms')), '0.2 to ∞ ms');
});

test('formatDuration() and formatDate() read as prose', () => {
  assert.equal(plain(formatDuration(12_340)), '12.3 s');
  assert.equal(plain(formatDuration(200_000)), '3 min 20 s');
  assert.equal(formatDate('2026-03-01T12:00:05.000Z'), '1 March 2026, 12:00 UTC');
  assert.equal(formatNumber(-0.0001, 2), '0');
});
