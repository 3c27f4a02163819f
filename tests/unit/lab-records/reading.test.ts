// What experiments read from calls and events: selection, coverage, arrival of new pods, the join with counters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstCallAfterMs, timeToShareMs } from '../../../lab/records/arrival';
import type { Call } from '../../../lab/records/call';
import { joinExecution } from '../../../lab/records/execution';
import { coverage } from '../../../lab/records/overlap';
import { answersBy, attemptsPerCall, failed, latenciesMs, ofLoad, sentWithin } from '../../../lab/records/selection';
import { at, START_MS, syntheticCalls } from '../../support/synthetic-run';

const call = (sentMs: number, more: Partial<Call> = {}): Call => ({
  load: 'main',
  seq: 1,
  intendedMs: sentMs,
  sentMs,
  latencyMs: 1,
  code: 'OK',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
  ...more,
});

test('sentWithin() includes the start and excludes the end', () => {
  const calls = [10, 20, 20, 30, 40].map((ms) => call(ms));
  const times = (fromMs: number, toMs: number) => sentWithin(calls, { fromMs, toMs }).map(({ sentMs }) => sentMs);
  assert.deepEqual(times(20, 40), [20, 20, 30]);
  assert.deepEqual(times(0, 100), [10, 20, 20, 30, 40]);
  assert.deepEqual(times(41, 100), []);
  assert.deepEqual(times(0, 10), []);
});

test('answersBy() counts OK answers only, and pods that have none if they are named', () => {
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

test('coverage() holds for a load that runs all through, and not for one that starts late, ends early or pauses', () => {
  const steady = Array.from({ length: 101 }, (_, index) => call(index * 100));
  const span = { fromMs: 3000, toMs: 6000 };
  assert.deepEqual(coverage(steady, span), { isCovered: true, longestGapMs: 100 });
  assert.equal(coverage(steady.slice(35), span).isCovered, false);
  assert.equal(coverage(steady.slice(0, 55), span).isCovered, false);
  const paused = [...steady.slice(0, 40), ...steady.slice(55)];
  assert.equal(coverage(paused, span).longestGapMs, 1600);
  assert.equal(coverage([], span).isCovered, false);
});

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

test('joinExecution() finds work that was done twice, and what it cannot know', () => {
  const calls = [
    ...Array.from({ length: 10 }, (_, index) => call(index)),
    call(11, { pod: 'grpc-server-2', attempts: 2 }),
    call(12, { code: 'DEADLINE_EXCEEDED', pod: '', attempts: 3 }),
    call(13, { pod: 'grpc-server-9' }),
  ];
  const counters = (s: number, subject: string, OK: number) => at(s, { kind: 'counters', subject, detail: { OK } });
  const joined = joinExecution(calls, [
    counters(0, 'grpc-server-1', 100),
    counters(0, 'grpc-server-2', 0),
    counters(9, 'grpc-server-1', 112),
    counters(9, 'grpc-server-2', 1),
  ]);
  assert.deepEqual(joined, {
    asked: 13,
    answered: 12,
    failed: 1,
    retried: 2,
    attempts: 16,
    executed: 13,
    executedUnanswered: 2,
    uncountedPods: ['grpc-server-9'],
  });
});

test('joinExecution() counts a pod that started during the run from zero', () => {
  const calls = [1, 2, 3].map((ms) => call(ms, { pod: 'grpc-server-4' }));
  const events = [
    at(1, { kind: 'pod-started', subject: 'grpc-server-4' }),
    at(2, { kind: 'counters', subject: 'grpc-server-4', detail: { OK: 2 } }),
    at(3, { kind: 'counters', subject: 'grpc-server-4', detail: { OK: 4 } }),
  ];
  const { executed, executedUnanswered, uncountedPods } = joinExecution(calls, events);
  assert.deepEqual(
    { executed, executedUnanswered, uncountedPods },
    { executed: 4, executedUnanswered: 1, uncountedPods: [] },
  );
});
