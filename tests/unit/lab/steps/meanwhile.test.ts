import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { meanwhile } from '../../../../lab/steps/meanwhile';

describe('meanwhile()', () => {
  it('reads before, during and optionally after the steps, and survives failed readings', async () => {
    for (const alsoAfter of [false, true]) {
      const seen: string[] = [];
      let state = 'before';
      const read = async () => {
        seen.push(state);
        throw new Error('gone');
      };
      const steps = async () => {
        state = 'during';
        while (!seen.includes('during')) await setImmediate();
        state = 'after';
        return 7;
      };
      const result = await meanwhile({ pause: () => setImmediate() }, read, { intervalMs: 1, alsoAfter }, steps);
      assert.equal(result, 7);
      assert.equal(seen[0], 'before');
      assert.ok(seen.includes('during'));
      if (alsoAfter) assert.equal(seen.at(-1), 'after');
    }
  });

  it('ends its readings when a step fails', async () => {
    let readings = 0;
    const read = async () => {
      readings += 1;
    };
    const steps = () => Promise.reject(new Error('no pod'));
    await assert.rejects(meanwhile({ pause: () => setImmediate() }, read, { intervalMs: 1 }, steps), /no pod/);
    const before = readings;
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    assert.equal(readings, before);
  });
});
