import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chiSquareTest } from '../../../../lab/statistics/chi-square';
import { randomInteger, seededRandom, shuffled, xoshiro128 } from '../../../../lab/statistics/seeded-random';

test('xoshiro128() gives the published sequence for the state 1, 2, 3, 4', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  assert.deepEqual(
    Array.from({ length: 10 }, next),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
  );
});

test('seededRandom() repeats with its seed, differs between neighbours and is uniform', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  for (const seed of [0, 1, -1, 2 ** 31]) {
    const random = seededRandom(seed);
    const counts = new Array<number>(20).fill(0);
    for (let call = 0; call < 20_000; call += 1) {
      const bin = randomInteger(random, 20);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    assert.ok(chiSquareTest(counts).pValue > 0.001, `seed ${seed}: ${counts}`);
  }
});

test('shuffled() keeps the items, leaves its input alone and puts every item everywhere', () => {
  const items = ['a', 'b', 'c'] as const;
  const random = seededRandom(3);
  const orders = new Map<string, number>();
  for (let draw = 0; draw < 6000; draw += 1) {
    const order = shuffled(random, items).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.deepEqual(items, ['a', 'b', 'c']);
  assert.deepEqual([...orders.keys()].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  assert.ok(chiSquareTest([...orders.values()]).pValue > 0.001);
});
