import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labEnv } from '../../../../../lab/system/cluster/server-env';
import { SERVER_ENV } from './sample-objects';

test('labEnv() keeps what was deployed, adds the fault endpoint on the pod’s address, and lets the experiment win', () => {
  const env = labEnv(SERVER_ENV, { DRAIN_DELAY_MS: '0' });
  assert.deepEqual(env, [
    SERVER_ENV[0],
    { name: 'DRAIN_DELAY_MS', value: '0' },
    { name: 'FAULT_PORT', value: '9470' },
    { name: 'FAULT_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ]);
});
