import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LogLimit } from '../../../client/log-limit';

describe('LogLimit', () => {
  it('lets one line through per interval and says how many it dropped', () => {
    const limit = new LogLimit(1000);
    assert.deepEqual(limit.take(5000), {});
    assert.equal(limit.take(5001), undefined);
    assert.equal(limit.take(5999), undefined);
    assert.deepEqual(limit.take(6000), { suppressed: 2 });
    assert.deepEqual(limit.take(7000), {});
  });

  it('lets every line through when the interval is 0', () => {
    const limit = new LogLimit(0);
    assert.deepEqual([limit.take(1), limit.take(1), limit.take(0.5)], [{}, {}, undefined]);
  });
});
