import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { isRetryable, nextBackoffMs, RetryBudget } from '../../../client/retry';

describe('isRetryable()', () => {
  const lost: ReadonlyArray<readonly [keyof typeof status, string]> = [
    ['UNAVAILABLE', 'Connection dropped'],
    ['UNAVAILABLE', 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1'],
    ['UNAVAILABLE', 'upstream connect error or disconnect/reset before headers. reset reason: connection termination'],
    ['INTERNAL', 'Received RST_STREAM with code 0 (Call ended without gRPC status)'],
    ['INTERNAL', 'Received RST_STREAM with code 2 (Internal server error)'],
    ['INTERNAL', 'Received RST_STREAM with code 2 triggered by internal client error: Protocol error'],
    ['INTERNAL', 'Received RST_STREAM with code 1'],
    ['INTERNAL', 'Write error: write after end'],
    ['CANCELLED', 'Call cancelled'],
    ['UNKNOWN', 'No status information received'],
    ['UNKNOWN', 'Received HTTP status code 200'],
    ['UNKNOWN', 'Received HTTP status code 500'],
  ];
  for (const [code, details] of lost) {
    it(`is true for ${code} "${details}"`, () => assert.equal(isRetryable(status[code], details), true));
  }

  const answered: ReadonlyArray<readonly [keyof typeof status, string]> = [
    ['OK', ''],
    ['CANCELLED', 'Cancelled on client'],
    ['CANCELLED', 'Call cancelled by the operator'],
    ['UNKNOWN', 'Application error'],
    ['UNKNOWN', 'Received HTTP status code 418'],
    ['INVALID_ARGUMENT', 'name: expected 1-256 characters, got none'],
    ['DEADLINE_EXCEEDED', 'Deadline exceeded after 5.000s'],
    ['INTERNAL', 'internal error'],
    ['INTERNAL', 'saw: Received RST_STREAM with code 0'],
    ['RESOURCE_EXHAUSTED', 'Bandwidth exhausted or memory limit exceeded'],
    ['UNIMPLEMENTED', 'Received HTTP status code 404'],
    ['PERMISSION_DENIED', 'Protocol not secure enough'],
  ];
  for (const [code, details] of answered) {
    it(`is false for ${code} "${details}"`, () => assert.equal(isRetryable(status[code], details), false));
  }
});

describe('nextBackoffMs()', () => {
  const first = { retriesDone: 0, attemptsDone: 1, remainingMs: 5000 };

  it('waits between half and all of a time that doubles up to 500 ms', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6].map((retriesDone) => nextBackoffMs({ ...first, retriesDone }, 1));
    assert.deepEqual(longest, [25, 50, 100, 200, 400, 500, 500]);
    assert.equal(nextBackoffMs(first, 0), 12.5);
    assert.equal(nextBackoffMs(first, 0.5), 18.75);
  });

  it('gives up when the deadline would pass while waiting', () => {
    assert.equal(nextBackoffMs({ ...first, remainingMs: 25 }, 1), undefined);
    assert.equal(nextBackoffMs({ ...first, remainingMs: 26 }, 1), 25);
    assert.equal(nextBackoffMs({ ...first, remainingMs: -1 }, 0), undefined);
  });

  it('gives up after six attempts of both layers', () => {
    assert.equal(nextBackoffMs({ ...first, attemptsDone: 5 }, 1), 25);
    assert.equal(nextBackoffMs({ ...first, attemptsDone: 6 }, 1), undefined);
    assert.equal(nextBackoffMs({ ...first, attemptsDone: 9 }, 1), undefined);
  });
});

describe('RetryBudget', () => {
  it('allows as many retries in a row as it has tokens', () => {
    const budget = new RetryBudget(3, 0.5);
    assert.deepEqual([budget.take(), budget.take(), budget.take(), budget.take()], [true, true, true, false]);
  });

  it('gets tokens back with successes, and never more than it began with', () => {
    const budget = new RetryBudget(1, 0.5);
    for (let i = 0; i < 10; i++) budget.addSuccess();
    assert.deepEqual([budget.take(), budget.take()], [true, false]);
    budget.addSuccess();
    assert.equal(budget.take(), false);
    budget.addSuccess();
    assert.equal(budget.take(), true);
  });
});
