import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bucketAt, bucketsFor, middleSeconds, ratesBy, steps } from '../../../../lab/report/buckets';
import { evenRun } from '../../../support/sample-runs';
import { START_MS } from '../../../support/synthetic-run';
import { steadyCalls } from '../experiments/judged-runs';

const span = (fromS: number, toS: number) => ({ fromMs: START_MS + fromS * 1000, toMs: START_MS + toS * 1000 });
const load = (name: string, fromS: number, toS: number, rate: number) => steadyCalls({ load: name, fromS, toS, rate });
const perSecond = (calls: ReturnType<typeof load>, toS: number) => {
  const buckets = bucketsFor(span(0, toS), calls);
  return { buckets, rates: [...(ratesBy(buckets, calls, () => 'all').get('all') ?? [])] };
};
const cells = (...edges: [number, number][]) => edges.map(([fromMs, toMs]) => ({ fromMs, toMs }));

describe('ratesBy()', () => {
  it('puts every call into one bucket: the areas add up to the calls', () => {
    const { calls } = evenRun();
    const [first, last] = [calls[0], calls.at(-1)];
    assert.ok(first && last);
    const buckets = bucketsFor({ fromMs: first.sentMs, toMs: last.sentMs + 1 }, calls);
    const rates = [...ratesBy(buckets, calls, ({ pod }) => pod).values()];
    const counted = buckets.cells.map(
      ({ fromMs, toMs }, index) => ((toMs - fromMs) / 1000) * rates.reduce((sum, rate) => sum + (rate[index] ?? 0), 0),
    );
    const all = counted.reduce((sum, count) => sum + count, 0);
    assert.ok(Math.abs(all - calls.length) < 1e-6, `${all} of ${calls.length}`);
    assert.ok(buckets.cells.length >= 60 && buckets.cells.length <= 200);
  });

  it('gives the rate of the load wherever there is a bucket, also where the load begins and ends within one', () => {
    // 100 calls/s for 7.3 s, of 10 s that are drawn.
    const { buckets, rates } = perSecond(load('one', 0.4, 7.7, 100), 10);
    assert.equal(buckets.cells[0]?.fromMs, START_MS + 400);
    assert.ok(Math.abs((buckets.cells.at(-1)?.toMs ?? 0) - (START_MS + 7700)) < 1e-6);
    for (const rate of rates) assert.ok(Math.abs(rate - 100) <= 10, `${rate}`);
  });

  it('draws no loss in a pause between two loads', () => {
    const { buckets, rates } = perSecond([...load('one', 0, 20.3, 200), ...load('two', 23.1, 40, 200)], 40);
    for (const rate of rates) assert.ok(Math.abs(rate - 200) <= 12, `${rate}`);
    for (const s of [21, 22, 23]) assert.equal(bucketAt(buckets, START_MS + s * 1000), undefined, `${s} s`);
  });

  it('draws a loss within a load', () => {
    const calls = load('one', 0, 40, 200).filter(
      ({ sentMs }) => sentMs < START_MS + 20_000 || sentMs >= START_MS + 23_000,
    );
    const { buckets, rates } = perSecond(calls, 40);
    assert.equal(rates[bucketAt(buckets, START_MS + 21_500) ?? -1], 0);
  });
});

describe('bucketAt()', () => {
  it('returns no bucket before the first, in a pause, and after the last', () => {
    const buckets = { span: { fromMs: 0, toMs: 200 }, cells: cells([100, 110], [110, 120], [150, 160]) };
    assert.deepEqual(
      [99, 100, 109, 110, 119, 120, 149, 150, 159, 160].map((ms) => bucketAt(buckets, ms)),
      [undefined, 0, 0, 1, 1, undefined, undefined, 2, 2, undefined],
    );
    assert.equal(middleSeconds(buckets, 2), 0.155);
  });
});

describe('bucketsFor()', () => {
  it('is finer for many calls than for few', () => {
    assert.equal(bucketsFor(span(0, 60), load('one', 0, 60, 10)).cells.length, 60);
    assert.equal(bucketsFor(span(0, 60), load('one', 0, 60, 400)).cells.length, 120);
    assert.equal(bucketsFor(span(5, 5.01), load('one', 5, 5.01, 100)).cells.length, 1);
    assert.deepEqual(bucketsFor(span(0, 1), []).cells, []);
  });
});

describe('steps()', () => {
  it('holds each value from the start of its bucket to its end, and none in a pause or where there is none', () => {
    const buckets = {
      span: { fromMs: 0, toMs: 9000 },
      cells: cells([0, 1000], [1000, 2000], [5000, 6000], [6000, 7000]),
    };
    assert.deepEqual(steps(buckets, [10, 20, Number.NaN, 30]), [
      [0, 10],
      [1, 10],
      [1, 20],
      [2, 20],
      [2, '-'],
      [5, '-'],
      [6, '-'],
      [6, 30],
      [7, 30],
    ]);
  });
});
