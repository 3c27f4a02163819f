import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutHiddenPoints } from '../../../../lab/report/straight-lines';

const path = (d: string) => `<path d="${d}" fill="none"></path>`;

for (const [what, before, after] of [
  ['points within a flat line', 'M0 5L1 5L2 5L3 5L4 6L5 6L6 6', 'M0 5L3 5L4 6L6 6'],
  ['there and back along the bottom of an area', 'M0 5L1 5L2 5L2 9L1 9L0 9Z', 'M0 5L2 5L2 9L0 9Z'],
] as const) {
  test(`withoutHiddenPoints() leaves out ${what}`, () => {
    assert.equal(withoutHiddenPoints(path(before)), path(after));
  });
}

for (const [what, d] of [
  ['the end of a line that turns back on itself', 'M0 5L4 5L1 5'],
  ['points of a slope', 'M0 0L1 1L2 2'],
  ['a point twice', 'M0 5L1 5L1 5'],
  ['curves', 'M0 5C1 5 2 5 3 5L4 5L5 5'],
  ['several lines in one path', 'M0 5L1 5L2 5M4 5L5 5L6 5'],
] as const) {
  test(`withoutHiddenPoints() keeps ${what}`, () => assert.equal(withoutHiddenPoints(path(d)), path(d)));
}
