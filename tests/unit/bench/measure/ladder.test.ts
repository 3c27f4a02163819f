import assert from 'node:assert/strict';
import { it } from 'node:test';
import { climb } from '../../../../bench/measure/ladder';

/** @param missed the tries of each rate that miss, by their number */
async function tries(missed: Readonly<Record<number, readonly number[]>>): Promise<readonly number[]> {
  const counts = new Map<number, number>();
  const measure = async (rate: number) => {
    const tried = (counts.get(rate) ?? 0) + 1;
    counts.set(rate, tried);
    return { rate, carried: !missed[rate]?.includes(tried) };
  };
  return (await climb([1, 2, 3], measure, ({ carried }) => carried)).map(({ rate }) => rate);
}

it('climb() takes every rate once where all are carried', async () => {
  assert.deepEqual(await tries({}), [1, 2, 3]);
});

it('climb() tries a rate a second time, and goes on where it is carried then', async () => {
  assert.deepEqual(await tries({ 1: [1] }), [1, 1, 2, 3]);
});

it('climb() ends at the first rate that is missed twice', async () => {
  assert.deepEqual(await tries({ 2: [1, 2] }), [1, 2, 2]);
});
