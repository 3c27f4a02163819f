import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatElapsed, parseDuration } from '../../../command-line/duration';

describe('parseDuration()', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
  ] as const) {
    it(`reads ${text} as ${ms} ms`, () => assert.equal(parseDuration(text), ms));
  }
  for (const text of ['', '30', 's', '-1s', '0s', '0ms', '1 s', '1d', '1s1s', '1e3s', 'Infinitys', '30S']) {
    it(`refuses "${text}"`, () => assert.equal(parseDuration(text), undefined));
  }
});

describe('formatElapsed()', () => {
  for (const [ms, text] of [
    [0, '00:00'],
    [-5, '00:00'],
    [7999, '00:07'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
  ] as const) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatElapsed(ms), text));
  }
});
