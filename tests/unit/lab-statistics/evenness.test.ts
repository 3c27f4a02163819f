// Round robin's bound, the worst window and the expected variation, against simulations of the policies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coefficientOfVariation } from '../../../client/summary';
import { randomVariation, roundRobinVariation } from '../../../lab/statistics/expected-variation';
import { contains } from '../../../lab/statistics/interval';
import { mean } from '../../../lab/statistics/percentile';
import { roundRobinBound, spreadOf } from '../../../lab/statistics/round-robin-bound';
import { type Random, randomInteger, seededRandom } from '../../../lab/statistics/seeded-random';
import { worstWindow } from '../../../lab/statistics/worst-window';

const PODS = ['pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5'];

/** Each call goes to a random one of `states` rotations, which all start somewhere else. */
function roundRobin(random: Random, states: number, calls: number, pods: readonly string[] = PODS): string[] {
  const next = Array.from({ length: states }, () => randomInteger(random, pods.length));
  return Array.from({ length: calls }, () => {
    const state = randomInteger(random, states);
    const position = next[state] as number;
    next[state] = (position + 1) % pods.length;
    return pods[position] as string;
  });
}

function atRandom(random: Random, calls: number, pods = PODS): string[] {
  return Array.from({ length: calls }, () => pods[randomInteger(random, pods.length)] as string);
}

function countsOf(answeredBy: readonly string[], pods: readonly string[] = PODS): number[] {
  return pods.map((pod) => answeredBy.filter((name) => name === pod).length);
}

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

test('worstWindow() of one round-robin state is the rounding of 100 / n, of two states below their bound', () => {
  const random = seededRandom(12);
  const exact = worstWindow(roundRobin(random, 1, 1000, PODS.slice(0, 3)), PODS.slice(0, 3));
  assert.ok(Math.abs((exact?.deviation ?? 0) - 2 / 3) < 1e-9, `deviation ${exact?.deviation}`);
  assert.equal(exact?.spread, 1);
  const two = worstWindow(roundRobin(random, 2, 5000), PODS);
  assert.ok(two !== undefined && two.deviation < 2 && two.spread <= 2, JSON.stringify(two));
});

test('worstWindow() finds the one uneven stretch in a long even run, and says where and who', () => {
  const even = roundRobin(seededRandom(13), 1, 1000);
  const answeredBy = [...even.slice(0, 500), ...new Array<string>(30).fill('pod-2'), ...even.slice(500)];
  const worst = worstWindow(answeredBy, PODS);
  assert.equal(worst?.pod, 'pod-2');
  assert.ok(worst.start > 400 && worst.start <= 500, `start ${worst.start}`);
  // 30 extra calls replace 30 fair ones, of which the pod would have had 6.
  assert.ok(Math.abs(worst.deviation - 24) <= 1, `deviation ${worst.deviation}`);
});

test('worstWindow() agrees with counting every window anew', () => {
  const answeredBy = atRandom(seededRandom(14), 300);
  let deviation = 0;
  let spread = 0;
  for (let start = 0; start + 40 <= answeredBy.length; start += 1) {
    const counts = countsOf(answeredBy.slice(start, start + 40));
    deviation = Math.max(deviation, ...counts.map((count) => Math.abs(count - 8)));
    spread = Math.max(spread, spreadOf(counts));
  }
  const worst = worstWindow(answeredBy, PODS, 40);
  assert.equal(worst?.deviation, deviation);
  assert.equal(worst?.spread, spread);
});

test('worstWindow() of a run that one pod had alone is a whole window away from fair', () => {
  const worst = worstWindow(new Array<string>(150).fill('pod-1'), PODS);
  assert.equal(worst?.deviation, 80);
  assert.equal(worst?.spread, 100);
});

test('worstWindow() is undefined for fewer calls than a window, and counts calls of unknown pods for nobody', () => {
  assert.equal(worstWindow(['pod-1'], PODS), undefined);
  assert.equal(worstWindow(new Array<string>(100).fill(''), PODS)?.deviation, 20);
});

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
