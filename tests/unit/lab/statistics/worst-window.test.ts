// The worst window, against counting every window anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadOf } from '../../../../lab/statistics/round-robin-bound';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import { worstWindow } from '../../../../lab/statistics/worst-window';
import { atRandom, countsOf, PODS, roundRobin } from './simulated-policies';

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

test('worstWindow() agrees with a separate count of every window', () => {
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

test('worstWindow() of a run with a single busy pod is a whole window away from fair', () => {
  const worst = worstWindow(new Array<string>(150).fill('pod-1'), PODS);
  assert.equal(worst?.deviation, 80);
  assert.equal(worst?.spread, 100);
});

test('worstWindow() is undefined for fewer calls than a window, and ignores the calls of unknown pods', () => {
  assert.equal(worstWindow(['pod-1'], PODS), undefined);
  assert.equal(worstWindow(new Array<string>(100).fill(''), PODS)?.deviation, 20);
});

test('worstWindow() subtracts what the order of calls leaves open, window by window', () => {
  const pods = ['pod-1', 'pod-2'];
  const answeredBy = ['pod-1', 'pod-1', 'pod-1', 'pod-1', 'pod-1', 'pod-2', 'pod-1', 'pod-2'];
  assert.equal(worstWindow(answeredBy, pods, 4)?.deviation, 2);
  const lenient = worstWindow(answeredBy, pods, 4, (start) => (start < 2 ? 5 : 0));
  assert.deepEqual([lenient?.deviation, lenient?.start], [1, 2]);
});
