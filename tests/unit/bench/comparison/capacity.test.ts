import assert from 'node:assert/strict';
import { it } from 'node:test';
import { capacities, highestCarried, target } from '../../../../bench/comparison/capacity';
import { recordOf, SUITE, sampleOf } from '../sample-record';

const step = (askedPerSecond: number, p99Ms: number, round = 1) =>
  sampleOf('ours', round, 1, 100, { suite: 'capacity', load: `rate-${askedPerSecond}`, askedPerSecond, p99Ms });

it('highestCarried() is the last rate that was neither late nor failed, at the second try if need be', () => {
  assert.equal(highestCarried([step(1000, 2), step(2000, 4), step(3000, 11), step(3000, 12)]), 2000);
  assert.equal(highestCarried([step(1000, 20), step(1000, 2), step(2000, 11), step(2000, 4)]), 2000);
  assert.equal(highestCarried([step(1000, 2), { ...step(2000, 2), failed: { reset: 1 } }]), 1000);
  assert.equal(highestCarried([step(1000, 20)]), 0);
});

it('capacities() takes the median over blocks, and leaves out the ones that were spoilt', () => {
  const suite = {
    ...SUITE,
    id: 'capacity',
    isLadder: true as const,
    rows: [{ id: 'ours', label: 'ours', detail: '' }],
  };
  const samples = [2000, 3000, 5000].flatMap((rate, index) => [step(rate, 2, index + 1), step(9000, 50, index + 1)]);
  const spoilt = { ...step(100, 50, 4), dropped: 'foreign load' };
  const found = capacities(recordOf([...samples, spoilt], [suite]));
  assert.deepEqual(found, [{ id: 'ours', label: 'ours', callsPerSecond: 3000, low: 2000, high: 5000, blocks: 3 }]);
  assert.deepEqual(capacities(recordOf([])), []);
});

it('target() leaves room for the loss of a pod and for growth', () => {
  // Three pods at 500: one is lost, two carry 750 each, and 1.3 times that is 975.
  assert.equal(target(975, { fewestPods: 3, growth: 1.3 }), 500);
  assert.equal(target(1000, { fewestPods: 2, growth: 1 }), 500);
});
