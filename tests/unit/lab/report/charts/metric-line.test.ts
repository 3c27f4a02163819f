import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunEvent } from '../../../../../lab/records/event';
import { metricLine } from '../../../../../lab/report/charts/metric-line';

const SPAN = { fromMs: 1_000_000, toMs: 1_200_000 };

function reading(seconds: number, value: number, source: string, target?: number): RunEvent {
  const detail = { value, source, ...(target !== undefined && { target }) };
  return { atMs: SPAN.fromMs + seconds * 1000, kind: 'metric', subject: 'calls', detail } as RunEvent;
}
const everySecond = (from: number, to: number, source: string) =>
  Array.from({ length: to - from + 1 }, (_, index) => reading(from + index, 1, source));

describe('metricLine()', () => {
  it('prefers the reader nearest to the autoscaler, and takes the target from any reader that has it', () => {
    const events = [reading(1, 9, 'prometheus'), reading(2, 5, 'autoscaler', 20), reading(3, 9, 'custom-metrics')];
    assert.deepEqual(metricLine(events, 'calls', SPAN), {
      points: [
        [2, 5],
        [3, 5],
      ],
      target: 20,
    });
  });

  it('leaves out other metrics and other times', () => {
    const events = [reading(-1, 1, 'prometheus'), reading(201, 1, 'prometheus')];
    assert.deepEqual(metricLine(events, 'calls', SPAN), { points: [], target: undefined });
    assert.deepEqual(metricLine([reading(5, 1, 'prometheus')], 'others', SPAN).points, []);
  });

  it('goes on between readings that did not change', () => {
    const events = [reading(1, 5, 'autoscaler'), ...everySecond(1, 90, 'custom-metrics'), reading(90, 6, 'autoscaler')];
    assert.deepEqual(metricLine(events, 'calls', SPAN).points, [
      [1, 5],
      [90, 6],
    ]);
  });

  it('is broken where it could not be read', () => {
    const events = [
      ...everySecond(1, 10, 'custom-metrics'),
      ...everySecond(60, 62, 'custom-metrics'),
      ...[reading(1, 5, 'autoscaler'), reading(61, 6, 'autoscaler')],
    ];
    assert.deepEqual(metricLine(events, 'calls', SPAN).points, [
      [1, 5],
      [10, 5],
      [10.001, null],
      [61, 6],
      [62, 6],
    ]);
  });
});
