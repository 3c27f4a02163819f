import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markText } from '../../../../lab/report/mark-texts';
import { at } from '../../../support/synthetic-run';

test('markText() names every event that is marked', () => {
  assert.equal(markText(at(0, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 6 } })), 'servers 3 → 6');
  assert.equal(
    markText(at(0, { kind: 'signal', subject: 'grpc-server-2', detail: { signal: 'SIGSTOP' } })),
    'SIGSTOP server-2',
  );
  assert.equal(
    markText(at(0, { kind: 'fault', subject: 'grpc-server-3', detail: { delayMs: 200, errorRate: 0.1 } })),
    'server-3 +200 ms, 10 % errors',
  );
  assert.equal(markText(at(0, { kind: 'dns-fault', detail: { mode: 'servfail' } })), 'DNS servfail');
  assert.equal(markText(at(0, { kind: 'component-down', subject: 'prometheus' })), 'prometheus taken away');
});
