import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuantity } from '../../../manifest-reader/autoscaler';

for (const [text, value] of [
  ['300m', 0.3],
  ['14176m', 14.176],
  ['2', 2],
  ['1.5k', 1500],
  ['250u', 0.00025],
] as const) {
  test(`parseQuantity() reads ${text}`, () => assert.equal(parseQuantity(text), value));
}
test('parseQuantity() refuses text that is not a quantity', () => {
  assert.throws(() => parseQuantity('many'), /expected a number such as 300m, got "many"/);
});
