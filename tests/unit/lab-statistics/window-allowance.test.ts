import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worstWindow } from '../../../lab/statistics/worst-window';

test('worstWindow() takes off what the order of calls leaves open, window by window', () => {
  const pods = ['pod-1', 'pod-2'];
  const answeredBy = ['pod-1', 'pod-1', 'pod-1', 'pod-1', 'pod-1', 'pod-2', 'pod-1', 'pod-2'];
  assert.equal(worstWindow(answeredBy, pods, 4)?.deviation, 2);
  const lenient = worstWindow(answeredBy, pods, 4, (start) => (start < 2 ? 5 : 0));
  assert.deepEqual([lenient?.deviation, lenient?.start], [1, 2]);
});
