import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../../lab/records/event';
import { phaseNamed, phasesOf } from '../../../../lab/records/phases';
import { evenRun } from '../../../support/sample-runs';

test('phasesOf() ends each phase where the next begins, and the last one after the last answer', () => {
  const events: RunEvent[] = [
    { atMs: 100, kind: 'phase', subject: 'before' },
    { atMs: 200, kind: 'phase', subject: 'after' },
  ];
  const calls = evenRun()
    .calls.slice(0, 1)
    .map((call) => ({ ...call, sentMs: 290, latencyMs: 10 }));
  assert.deepEqual(phasesOf({ calls, events }), [
    { name: 'before', fromMs: 100, toMs: 200 },
    { name: 'after', fromMs: 200, toMs: 301 },
  ]);
  assert.equal(phaseNamed({ calls, events }, 'after').fromMs, 200);
  assert.throws(() => phaseNamed({ calls, events }, 'later'), /expected one phase "later", got 0/);
});
