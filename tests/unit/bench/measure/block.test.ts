import assert from 'node:assert/strict';
import { it } from 'node:test';
import { whyDropped } from '../../../../bench/measure/block';

const fixed = { ratePerSecond: 1000, seconds: 2 };
const good = { ok: 2000, failed: {}, seconds: 2.01 };

it('whyDropped() keeps a block that was quiet, complete and in time', () => {
  assert.equal(whyDropped(good, fixed, 0.1, 0.1), undefined);
});

it('whyDropped() names what spoilt a block', () => {
  assert.equal(whyDropped(good, fixed, 0.11, 0.1), 'foreign load');
  assert.equal(whyDropped({ ...good, failed: { 'grpc-status 14': 1 } }, fixed, 0, 0.1), 'failed calls');
  assert.equal(whyDropped({ ...good, seconds: 2.5 }, fixed, 0, 0.1), 'behind the asked rate');
});

it('whyDropped() knows no rate to be behind in a closed loop', () => {
  assert.equal(whyDropped({ ...good, seconds: 2.5 }, { seconds: 2 }, 0, 0.1), undefined);
});
