// Round robin's bound, against simulations of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundRobinBound, spreadOf } from '../../../../lab/statistics/round-robin-bound';
import { randomInteger, seededRandom } from '../../../../lab/statistics/seeded-random';
import { countsOf, roundRobin } from './simulated-policies';

test('roundRobinBound() is never exceeded, in any prefix or window, and is reached', () => {
  const random = seededRandom(11);
  for (const states of [1, 2, 3]) {
    let widest = 0;
    for (let trial = 0; trial < 300; trial += 1) {
      const answeredBy = roundRobin(random, states, 1 + randomInteger(random, 400));
      const start = randomInteger(random, answeredBy.length);
      for (const counts of [countsOf(answeredBy), countsOf(answeredBy.slice(start))]) {
        widest = Math.max(widest, spreadOf(counts));
      }
    }
    assert.equal(widest, roundRobinBound(states));
  }
  assert.throws(() => roundRobinBound(0), /expected one state or more, got 0/);
});

test('spreadOf() counts a pod that got nothing', () => {
  assert.equal(spreadOf([5, 0, 4]), 5);
  assert.equal(spreadOf([]), 0);
});
