import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BALANCED, DIRECT, LANES_SIZES, runLanes } from '../../../scripts/lanes-run';
import { fakeRun } from '../lab/experiments/fake-system';

it('runLanes() sends the same load on both ways, and adds servers while both run', async () => {
  const { system, recorder, log, loads } = fakeRun();
  const pauses: number[] = [];
  await runLanes(system, recorder, LANES_SIZES, async (ms) => void pauses.push(ms));
  const { callsPerSecond: ratePerSecond, seconds } = LANES_SIZES;
  assert.deepEqual(loads, [
    { name: DIRECT, target: 'server-service', ratePerSecond },
    { name: BALANCED, target: 'envoys', ratePerSecond },
  ]);
  assert.deepEqual(pauses, [seconds * 1000, seconds * 1000]);
  const steps = log.filter((line) => /^(settle|scale|phase)/.test(line));
  assert.deepEqual(steps, [
    'settle 3 2',
    'phase few pods',
    'phase more pods start',
    'scale grpc-server 5',
    'phase more pods',
    'phase end',
  ]);
});
