import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketAt, bucketsFor, middleSeconds, ratesBy } from '../../../../lab/report/buckets';
import { evenRun } from '../../../support/sample-runs';

test('ratesBy() puts every call into one bucket: the areas add up to the calls', () => {
  const { calls } = evenRun();
  const [first, last] = [calls[0], calls.at(-1)];
  assert.ok(first && last);
  const buckets = bucketsFor({ fromMs: first.sentMs, toMs: last.sentMs }, calls.length);
  const rates = ratesBy(buckets, calls, ({ pod }) => pod);
  const counted = [...rates.values()].flatMap((series) => [...series]).reduce((sum, rate) => sum + rate, 0);
  assert.ok(Math.abs(counted * (buckets.widthMs / 1000) - calls.length) <= 1, `${counted}`);
  assert.ok(buckets.count >= 60 && buckets.count <= 200);
  assert.equal(middleSeconds(buckets, 0), buckets.widthMs / 2000);
});

test('bucketAt() returns no bucket before the first and none after the last', () => {
  const buckets = { fromMs: 100, widthMs: 10, count: 3 };
  assert.deepEqual(
    [99, 100, 109, 110, 129, 130].map((ms) => bucketAt(buckets, ms)),
    [undefined, 0, 0, 1, 2, undefined],
  );
});

test('bucketsFor() of many calls is finer than of few', () => {
  const span = { fromMs: 0, toMs: 60_000 };
  assert.equal(bucketsFor(span, 1000).widthMs, 1000);
  assert.equal(bucketsFor(span, 100_000).widthMs, 500);
  assert.equal(bucketsFor({ fromMs: 5, toMs: 5 }, 1).count, 1);
});
