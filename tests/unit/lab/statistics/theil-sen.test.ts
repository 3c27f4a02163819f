// Trends, against published examples.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import { kendallVariance, theilSenTrend } from '../../../../lab/statistics/theil-sen';

test('theilSenTrend() repeats the example of Sen (1968)', () => {
  const x = [1, 2, 3, 4, 10, 12, 18];
  const y = [9, 15, 19, 20, 45, 55, 78];
  const points = x.map((value, index) => ({ x: value, y: y[index] as number }));
  const { slope, intercept } = theilSenTrend(points, 0.93);
  assert.equal(slope.estimate, 4);
  assert.equal(intercept, 4);
  assert.equal(slope.low.toFixed(2), '3.71');
  assert.equal(slope.high.toFixed(2), '4.38');
});

test('theilSenTrend() sees growth despite outliers, and no growth in noise', () => {
  const random = seededRandom(2);
  const series = (growth: number) =>
    Array.from({ length: 3000 }, (_, x) => ({ x, y: 100 + growth * x + random() + (x % 10 === 0 ? 500 : 0) }));
  const growing = theilSenTrend(series(0.01));
  assert.ok(Math.abs(growing.slope.estimate - 0.01) < 0.0005, `slope ${growing.slope.estimate}`);
  assert.ok(growing.slope.low > 0);
  const flat = theilSenTrend(series(0));
  assert.ok(flat.slope.low <= 0 && flat.slope.high >= 0, JSON.stringify(flat));
});

test('theilSenTrend() of fewer than two points is not a number', () => {
  assert.ok(Number.isNaN(theilSenTrend([{ x: 1, y: 1 }]).slope.estimate));
  assert.ok(Number.isNaN(theilSenTrend([]).slope.high));
});

test('kendallVariance() is n (n − 1) (2n + 5) / 18, less for ties of either coordinate', () => {
  const points = (pairs: readonly (readonly [number, number])[]) => pairs.map(([x, y]) => ({ x, y }));
  assert.equal(
    kendallVariance(
      points([
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ]),
    ),
    (4 * 3 * 13) / 18,
  );
  assert.equal(
    kendallVariance(
      points([
        [1, 1],
        [2, 1],
        [3, 3],
        [4, 3],
      ]),
    ),
    (4 * 3 * 13 - 2 * (2 * 1 * 9)) / 18,
  );
  assert.equal(
    kendallVariance(
      points([
        [1, 1],
        [1, 2],
        [1, 3],
        [4, 4],
      ]),
    ),
    (4 * 3 * 13 - 3 * 2 * 11) / 18,
  );
});
