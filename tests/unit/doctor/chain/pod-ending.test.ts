import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChain } from '../../../../doctor/chain/chain';
import { drainSettings, onlySleepSeconds, preStopOf } from '../../../../doctor/chain/pod-ending';
import { inputOf } from '../examined';

describe('onlySleepSeconds()', () => {
  const exec = (...command: readonly string[]) => ({ exec: { command } });
  for (const [what, preStop, expected] of [
    ['sleep', { sleep: { seconds: 10 } }, 10],
    ['a command', exec('sleep', '15'), 15],
    ['a shell', exec('/bin/sh', '-c', 'sleep 5'), 5],
    ['a shell with a fraction', exec('bash', '-c', '/bin/sleep 2.5'), 2.5],
    ['a program of another folder', exec('/usr/bin/sleep', '4'), 4],
    ['minutes', exec('sleep', '1m'), 60],
    ['a command that does more', exec('sh', '-c', 'sleep 5; drain'), undefined],
    ['none', undefined, undefined],
  ] as const) {
    it(`reads ${expected ?? 'nothing'} from ${what}`, () => {
      const container = { name: 'a', lifecycle: preStop && { preStop } };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [container] } };
      const [workload] = readChain(inputOf(JSON.stringify(pod))).workloads;
      assert.ok(workload?.containers[0]);
      const found = preStopOf(workload.containers[0]);
      assert.equal(found && onlySleepSeconds(found), expected);
    });
  }
});

describe('drainSettings()', () => {
  for (const [name, value, expected] of [
    ['DRAIN_TIMEOUT_SECONDS', '15', 15],
    ['DRAIN_MS', '1500', 1.5],
    ['SHUTDOWN_TIMEOUT', '1m30s', 90],
    ['SHUTDOWN_TIMEOUT', '15', undefined],
    ['SHUTDOWN_TIMEOUT_SECONDS', 'soon', undefined],
  ] as const) {
    it(`reads ${expected ?? 'no'} seconds from ${name}=${value}`, () => {
      const container = { name: 'a', env: [{ name, value }] };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [container] } };
      const [workload] = readChain(inputOf(JSON.stringify(pod))).workloads;
      assert.ok(workload?.containers[0]);
      const [setting] = drainSettings(workload.containers[0]);
      assert.deepEqual([setting?.name, setting?.seconds], [name, expected]);
    });
  }
});
