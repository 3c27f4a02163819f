import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callsNeeded, isLeftOut } from '../../../../../doctor/live/traffic/shares';

describe('callsNeeded()', () => {
  for (const hosts of [2, 3, 10, 200]) {
    it(`is the least number of which none at one of ${hosts} means something`, () => {
      const spread = (total: number) => {
        const siblings = Array.from({ length: hosts - 1 }, (_, index) =>
          Math.floor(total / (hosts - 1) + (index < total % (hosts - 1) ? 1 : 0)),
        );
        return [0, ...siblings];
      };
      const needed = callsNeeded(hosts);
      assert.ok(isLeftOut(0, spread(needed)));
      assert.ok(!isLeftOut(0, spread(needed - 1)));
    });
  }
});

describe('isLeftOut()', () => {
  it('is for a tenth of what the siblings have, not for a half', () => {
    assert.ok(isLeftOut(9, [9, 100, 100]));
    assert.ok(!isLeftOut(50, [50, 100, 100]));
    assert.ok(!isLeftOut(11, [11, 100, 100]));
  });

  it('holds for many calls', () => assert.ok(isLeftOut(9000, [9000, 1_000_000, 1_000_000])));
});
