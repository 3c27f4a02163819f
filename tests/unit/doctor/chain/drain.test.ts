import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChain } from '../../../../doctor/chain/chain';
import { preStopSleep } from '../../../../doctor/chain/drain';
import { inputOf } from '../examined';

describe('preStopSleep()', () => {
  const exec = (...command: readonly string[]) => ({ exec: { command } });
  for (const [what, preStop, expected] of [
    ['sleep', { sleep: { seconds: 10 } }, 10],
    ['a command', exec('sleep', '15'), 15],
    ['a shell', exec('/bin/sh', '-c', 'sleep 5'), 5],
    ['a shell with a fraction', exec('bash', '-c', '/bin/sleep 2.5'), 2.5],
    ['a command that does more', exec('sh', '-c', 'sleep 5; drain'), undefined],
    ['none', undefined, undefined],
  ] as const) {
    it(`reads ${expected ?? 'nothing'} from ${what}`, () => {
      const container = { name: 'a', lifecycle: preStop && { preStop } };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [container] } };
      const [workload] = readChain(inputOf(JSON.stringify(pod))).workloads;
      assert.ok(workload?.containers[0]);
      assert.equal(preStopSleep(workload.containers[0]), expected);
    });
  }
});
