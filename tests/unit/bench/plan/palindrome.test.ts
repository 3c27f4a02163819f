import assert from 'node:assert/strict';
import { it } from 'node:test';
import { palindrome } from '../../../../bench/plan/palindrome';
import { seededRandom } from '../../../../lab/statistics/seeded-random';

it('palindrome() has every row twice, the second time in reverse, in an order that is drawn', () => {
  const random = seededRandom(3);
  const orders = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    const places = palindrome(['a', 'b', 'c'], random);
    const rows = places.map(({ row }) => row);
    assert.deepEqual(rows, rows.toReversed());
    assert.deepEqual([...rows.slice(0, 3)].sort(), ['a', 'b', 'c']);
    assert.deepEqual(
      places.map(({ half }) => half),
      [1, 1, 1, 2, 2, 2],
    );
    orders.add(rows.join(''));
  }
  assert.equal(orders.size, 6);
});
