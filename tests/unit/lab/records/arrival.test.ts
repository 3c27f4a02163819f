import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstCallAfterMs, timeToShareMs } from '../../../../lab/records/arrival';
import { START_MS, syntheticCalls } from '../../../support/synthetic-run';
import { call } from './one-call';

test('firstCallAfterMs() is the first OK answer of that pod from the moment on', () => {
  const calls = [
    call(5, { pod: 'new' }),
    call(12, { pod: 'new', code: 'UNAVAILABLE' }),
    call(15),
    call(18, { pod: 'new' }),
  ];
  assert.equal(firstCallAfterMs(calls, 'new', 10), 8);
  assert.equal(firstCallAfterMs(calls, 'new', 19), undefined);
  assert.equal(firstCallAfterMs(calls, 'envoy-1', 10, 'via'), 5);
});

test('timeToShareMs() is the end of the first window in which the pod has its share', () => {
  const calls = syntheticCalls({
    seed: 1,
    seconds: 20,
    rate: 300,
    pods: [{ name: 'grpc-server-1' }, { name: 'grpc-server-2' }, { name: 'grpc-server-3', fromS: 8 }],
  });
  const timeTo = (share: number) => timeToShareMs(calls, 'grpc-server-3', START_MS + 5000, { share });
  const reached = timeTo(0.8 / 3);
  assert.ok(reached !== undefined && reached > 3500 && reached < 4000, `reached after ${reached}`);
  assert.equal(timeTo(0.5), undefined);
  assert.equal(timeToShareMs(calls, 'grpc-server-3', START_MS, { share: 0.2, withinMs: 6000 }), undefined);
});
