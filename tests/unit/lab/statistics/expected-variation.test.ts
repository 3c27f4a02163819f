// The expected variation, against simulations of the policies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomVariation, roundRobinVariation } from '../../../../lab/statistics/expected-variation';
import { contains } from '../../../../lab/statistics/interval';
import { mean } from '../../../../lab/statistics/percentile';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import { coefficientOfVariation } from '../../../../runtime/evenness';
import { atRandom, countsOf, PODS, roundRobin } from './simulated-policies';

test('roundRobinVariation() of one state is exact', () => {
  assert.equal(roundRobinVariation({ pods: 5, calls: 10_000 }, 1).estimate, 0);
  const counts = [3, 3, 2, 2, 2];
  const { estimate } = roundRobinVariation({ pods: 5, calls: 12 }, 1);
  assert.ok(Math.abs(estimate - coefficientOfVariation(counts)) < 1e-12);
});

test('roundRobinVariation() of W states is the mean square of simulated runs, and bounds every one', () => {
  const random = seededRandom(15);
  for (const [states, pods] of [
    [2, PODS],
    [8, PODS],
    [3, PODS.slice(0, 2)],
  ] as const) {
    const expected = roundRobinVariation({ pods: pods.length, calls: 2003 }, states);
    const variations = Array.from({ length: 400 }, () =>
      coefficientOfVariation(countsOf(roundRobin(random, states, 2003, pods), pods)),
    );
    assert.ok(variations.every((variation) => contains(expected, variation)));
    const rootMeanSquare = Math.sqrt(mean(variations.map((variation) => variation ** 2)));
    assert.ok(Math.abs(rootMeanSquare / expected.estimate - 1) < 0.07, `${states}: ${rootMeanSquare}`);
  }
  // The rule of thumb √(W/6) · n / m.
  const { estimate } = roundRobinVariation({ pods: 10, calls: 10_000 }, 8);
  assert.ok(Math.abs(estimate / ((Math.sqrt(8 / 6) * 10) / 10_000) - 1) < 0.01);
});

test('randomVariation() is √((n − 1) / m), and its 95 % interval covers 95 % of simulated runs', () => {
  assert.equal(randomVariation({ pods: 5, calls: 10_000 }).estimate, 0.02);
  const random = seededRandom(16);
  const expected = randomVariation({ pods: 5, calls: 1000 });
  let covered = 0;
  for (let trial = 0; trial < 500; trial += 1) {
    if (contains(expected, coefficientOfVariation(countsOf(atRandom(random, 1000))))) covered += 1;
  }
  assert.ok(covered >= 460 && covered <= 490, `covered ${covered} of 500`);
});

test('randomVariation() does not cover round robin', () => {
  const { low } = randomVariation({ pods: 5, calls: 10_000 });
  assert.ok(low > roundRobinVariation({ pods: 5, calls: 10_000 }, 8).high);
});
