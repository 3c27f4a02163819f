import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRunProgress } from '../../../../lab/runner/run-progress';

const RUNS = [
  { name: 'spread', expectedMs: 60_000 },
  { name: 'crash', expectedMs: 30_000 },
];

function progress(isTerminal: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const made = createRunProgress({ write: (text) => written.push(text), isTerminal, now: () => clock.ms, runs: RUNS });
  return { written, clock, ...made };
}

describe('createRunProgress()', () => {
  it('shows which run, which part of it, and how much time is left over all runs', () => {
    const { written, clock, begin, onEvent, end } = progress(false);
    begin();
    clock.ms = 20_000;
    onEvent({ atMs: 1, kind: 'phase', subject: '3 pods' });
    onEvent({ atMs: 2, kind: 'scale', subject: 'envoy', detail: { from: 1, to: 2 } });
    end();
    begin();
    clock.ms = 100_000;
    onEvent({ atMs: 3, kind: 'phase', subject: 'killing' });
    end();
    assert.deepEqual(written, [
      '[1/2] spread: starting, 00:00, about 01:30 left\n',
      '[1/2] spread: 3 pods, 00:20, about 01:10 left\n',
      '[2/2] crash: starting, 00:00, about 00:30 left\n',
      '[2/2] crash: killing, 01:20, longer than expected\n',
    ]);
  });

  it('redraws one line on a terminal, and removes it at the end', () => {
    const { written, begin, say, end } = progress(true);
    begin();
    say('compiled the services');
    end();
    assert.deepEqual(written, [
      '\r\u001b[K[1/2] spread: starting, 00:00, about 01:30 left',
      '\r\u001b[Kcompiled the services\n',
      '\r\u001b[K[1/2] spread: starting, 00:00, about 01:30 left',
      '\r\u001b[K',
    ]);
  });
});
