import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockOrder, blockRatio, pairedRatio } from '../../../../lab/statistics/paired-ratio';
import { seededRandom } from '../../../../lab/statistics/seeded-random';

test('blockRatio() divides geometric means, so a factor on a whole block cancels', () => {
  assert.ok(Math.abs(blockRatio({ a: [2, 8], b: [1, 4] }) - 2) < 1e-12);
  assert.ok(Math.abs(blockRatio({ a: [20, 80], b: [10, 40] }) - 2) < 1e-12);
});

test('pairedRatio() finds a difference of 10 % under drift that is five times as large', () => {
  const random = seededRandom(5);
  const blocks = Array.from({ length: 16 }, (_, index) => {
    const drift = 1 + 0.5 * Math.sin(index);
    const noisy = (value: number) => value * drift * (1 + 0.02 * (random() - 0.5));
    return { a: [noisy(110), noisy(110)], b: [noisy(100), noisy(100)] };
  });
  const { low, estimate, high } = pairedRatio(blocks);
  assert.ok(Math.abs(estimate - 1.1) < 0.01, `estimate ${estimate}`);
  assert.ok(low > 1.08 && high < 1.12, `interval ${low} to ${high}`);
  assert.throws(() => pairedRatio([]), /expected one block or more/);
});

test('blockOrder() draws both orders, each with every variant twice', () => {
  const random = seededRandom(1);
  const orders = new Set(Array.from({ length: 20 }, () => blockOrder(random).join('')));
  assert.deepEqual([...orders].sort(), ['abba', 'baab']);
});
