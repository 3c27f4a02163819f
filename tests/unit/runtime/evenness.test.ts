import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coefficientOfVariation, jainIndex, maxOverMean } from '../../../runtime/evenness';

// x = 1 2 3: Σx = 6, Σx² = 14, mean 2, variance (1 + 0 + 1) / 3.
// x = 4 4 2 0: Σx = 10, Σx² = 36, mean 2.5, variance (2.25 + 2.25 + 0.25 + 6.25) / 4 = 2.75.
const VECTORS = [
  { counts: [5], jain: 1, cv: 0, maxOverMean: 1 },
  { counts: [7, 7, 7], jain: 1, cv: 0, maxOverMean: 1 },
  { counts: [9, 0, 0], jain: 1 / 3, cv: Math.SQRT2, maxOverMean: 3 },
  { counts: [1, 2, 3], jain: 36 / (3 * 14), cv: Math.sqrt(2 / 3) / 2, maxOverMean: 1.5 },
  { counts: [4, 4, 2, 0], jain: 100 / (4 * 36), cv: Math.sqrt(2.75) / 2.5, maxOverMean: 1.6 },
];

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `expected ${expected}, got ${actual}`);
}

describe('evenness', () => {
  for (const { counts, ...expected } of VECTORS) {
    it(`jainIndex(), coefficientOfVariation() and maxOverMean() of ${counts.join(' ')}`, () => {
      near(jainIndex(counts), expected.jain);
      near(coefficientOfVariation(counts), expected.cv);
      near(maxOverMean(counts), expected.maxOverMean);
    });
  }

  it('jainIndex() and coefficientOfVariation() agree: J = 1 / (1 + cv²)', () => {
    const counts = [3333, 3334, 3333, 17, 4];
    near(jainIndex(counts), 1 / (1 + coefficientOfVariation(counts) ** 2));
  });
});
