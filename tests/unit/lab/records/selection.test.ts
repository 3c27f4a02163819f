import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import type { Call } from '../../../../lab/records/call';
import {
  answersBy,
  attemptsPerCall,
  failed,
  inFlightAt,
  inFlightAtSending,
  latenciesMs,
  ofLoad,
  sentWithin,
} from '../../../../lab/records/selection';
import { START_MS } from '../../../support/synthetic-run';
import { steadyCalls } from '../experiments/judged-runs';
import { call } from './one-call';

test('sentWithin() includes the start and excludes the end', () => {
  const calls = [10, 20, 20, 30, 40].map((ms) => call(ms));
  const times = (fromMs: number, toMs: number) => sentWithin(calls, { fromMs, toMs }).map(({ sentMs }) => sentMs);
  assert.deepEqual(times(20, 40), [20, 20, 30]);
  assert.deepEqual(times(0, 100), [10, 20, 20, 30, 40]);
  assert.deepEqual(times(41, 100), []);
  assert.deepEqual(times(0, 10), []);
});

test('answersBy() counts OK answers only, and also named pods without answers', () => {
  const calls = [
    call(1),
    call(2),
    call(3, { code: 'UNAVAILABLE', pod: '', via: '' }),
    call(4, { pod: 'grpc-server-2' }),
  ];
  assert.deepEqual(
    [...answersBy(calls, 'pod', ['grpc-server-3'])],
    [
      ['grpc-server-3', 0],
      ['grpc-server-1', 2],
      ['grpc-server-2', 1],
    ],
  );
  assert.deepEqual([...answersBy(calls, 'via')], [['envoy-1', 3]]);
  assert.equal(failed(calls).length, 1);
  assert.equal(latenciesMs(calls).length, 3);
  assert.equal(attemptsPerCall([call(1, { attempts: 3 }), call(2)]), 2);
  assert.equal(ofLoad([call(1), call(2, { load: 'other' })], 'other').length, 1);
});

describe('inFlightAt()', () => {
  it('finds calls that were sent before and ended after', () => {
    const calls = steadyCalls({ load: 'main', fromS: 0, toS: 10, rate: 10, latencyMs: 250 });
    const sent = inFlightAt(calls, START_MS + 5010).map(({ sentMs }) => sentMs - START_MS);
    assert.deepEqual(sent, [4800, 4900, 5000]);
    assert.equal(inFlightAt(calls, START_MS + 20_000).length, 0);
  });
});

test('inFlightAtSending() counts the calls that were unanswered when each one was sent', () => {
  const calls = [
    [0, 10],
    [5, 1],
    [6, 100],
    [10, 1],
    [50, 1],
    [200, 1],
  ].map(([sentMs, latencyMs]) => ({ sentMs, latencyMs })) as Call[];
  assert.deepEqual(inFlightAtSending(calls), [0, 1, 1, 1, 1, 0]);
});
