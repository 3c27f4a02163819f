import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countScale, formatSeconds, logScale, scaleFromZero, timeStep } from '../../../../lab/report/scale';

test('scaleFromZero() ends at or above the highest value in few round steps', () => {
  for (const highest of [0.003, 0.7, 1, 3, 99, 100, 101, 12_345]) {
    const { max, step } = scaleFromZero(highest);
    assert.ok(max >= highest && max / step <= 5.0001, `${highest}: ${max} by ${step}`);
    assert.match(String(Number(step.toPrecision(3))).replace(/[0.]|e.*/g, ''), /^[125]$/);
  }
  assert.deepEqual(scaleFromZero(0), { min: 0, max: 1, step: 1 });
  assert.deepEqual(scaleFromZero(Number.NaN), { min: 0, max: 1, step: 1 });
});

test('countScale() never has half a pod, logScale() spans whole powers of ten', () => {
  assert.deepEqual(countScale(2), { min: 0, max: 2, step: 1 });
  assert.deepEqual(countScale(10), { min: 0, max: 10, step: 2 });
  assert.deepEqual(logScale(1.2, 250), { min: 1, max: 1000, step: 10 });
  assert.deepEqual(logScale(10, 10), { min: 10, max: 100, step: 10 });
  assert.deepEqual(logScale(Number.POSITIVE_INFINITY, 0), { min: 1, max: 10, step: 10 });
});

test('time axes count seconds, long ones minutes', () => {
  assert.equal(formatSeconds(20, 60), '20 s');
  assert.equal(formatSeconds(125, 600), '2:05');
  assert.equal(formatSeconds(179.6, 600), '3:00');
  assert.equal(timeStep(60, 800), 10);
  assert.ok(timeStep(600, 300) >= 120);
});
