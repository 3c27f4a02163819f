import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinExecution } from '../../../../lab/records/execution';
import { at } from '../../../support/synthetic-run';
import { call } from './one-call';

test('joinExecution() finds work that was done twice, and says what it cannot know', () => {
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

test('joinExecution() joins messages on streams with what servers say of them, and not with their calls', () => {
  const calls = [1, 2, 3].map((ms) => call(ms, { pod: 'grpc-server-4', stream: ms }));
  const events = [
    at(0, { kind: 'counters', subject: 'grpc-server-4', detail: { OK: 0 } }),
    at(0, { kind: 'messages', subject: 'grpc-server-4', detail: { handled: 10 } }),
    at(3, { kind: 'counters', subject: 'grpc-server-4', detail: { OK: 1 } }),
    at(3, { kind: 'messages', subject: 'grpc-server-4', detail: { handled: 14 } }),
  ];
  const { executed, executedUnanswered, uncountedPods } = joinExecution(calls, events, 'messages');
  assert.deepEqual([executed, executedUnanswered, uncountedPods], [4, 1, []]);
  assert.equal(joinExecution(calls, events).executed, 1);
});
