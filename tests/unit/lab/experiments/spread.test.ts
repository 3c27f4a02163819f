// How the main claim is judged.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spread } from '../../../../lab/experiments/spread';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, SERVERS, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { calls: 3000, callsPerSecond: 300, pods: [3], clients: [1] };
const CALLS = steadyCalls({ load: 'pods-3-clients-1-1', fromS: 0, toS: 10, rate: 300 });
const PHASE = at(-1, { kind: 'phase', subject: '3 pods, 1 client' });
const READY = SERVERS.map((subject) => at(-2, { kind: 'pod-ready', subject }));
const judged = (calls = CALLS, ready = READY) => runOf(spread, SIZES, { calls, events: [...ready, PHASE] });
const EVENNESS = ['max-minus-min', 'jain', 'worst-window'];

describe('spread', () => {
  it('passes when the pods take turns', () => assertFails(spread, judged(), []));

  it('fails when one pod gets the calls of another for a second', () => {
    const toOne = changed(CALLS, [4, 5], ({ pod }) => ({ pod: pod === 'grpc-server-2' ? 'grpc-server-1' : pod }));
    assertFails(spread, judged(toOne), EVENNESS);
  });

  it('fails when a pod that was ready gets nothing', () => {
    const fourth = at(-2, { kind: 'pod-ready', subject: 'grpc-server-4' });
    assertFails(spread, judged(CALLS, [...READY, fourth]), EVENNESS);
  });

  it('fails when no event says which pods were ready', () => assertFails(spread, judged(CALLS, []), EVENNESS));

  it('fails when a call is lost', () =>
    assertFails(spread, judged(withOneLost(CALLS, CALLS[0]?.load ?? '', 5)), ['failed']));

  it('asks every number of pods by every number of clients, each with its part of the calls', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await spread.run(system, recorder, { ...SIZES, pods: [3, 5], clients: [1, 2] }, context);
    assert.deepEqual(
      log.filter((line) => line.startsWith('settle')),
      ['settle 3 2', 'settle 5 2'],
    );
    assert.deepEqual(
      loads.map(({ count, ratePerSecond }) => [count, ratePerSecond]),
      [
        [3000, 300],
        [1500, 150],
        [1500, 150],
        [3000, 300],
        [1500, 150],
        [1500, 150],
      ],
    );
  });
});
