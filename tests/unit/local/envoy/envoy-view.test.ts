import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { describeTrouble, watchEnvoys } from '../../../../local/envoy/envoy-view';
import { type EnvoyView, envoyStatistics } from '../../../support/envoy-statistics';

const PANIC = '0 of 3 servers healthy, calls go to all of them (panic)';

describe('describeTrouble()', () => {
  for (const [view, expected] of [
    [{ total: 3, healthy: 3 }, undefined],
    [{ total: 3, healthy: 1 }, undefined],
    [{ total: 0, healthy: 0 }, 'no addresses behind the name of the servers: every call fails'],
    [{ total: 3, healthy: 0 }, PANIC],
    [{ total: 3, healthy: 0, passed: 0 }, `${PANIC}; no health check ever passed: a wrong port, or no grpc.health.v1?`],
    [{ total: 3, healthy: 0, excluded: 3 }, undefined],
  ] as const) {
    it(`says ${expected ?? 'nothing'} of ${JSON.stringify(view)}`, () => {
      assert.equal(describeTrouble(envoyStatistics(view)), expected);
    });
  }

  it('says nothing of an answer that it does not understand', () =>
    assert.equal(describeTrouble('moved\n'), undefined));
});

describe('watchEnvoys()', () => {
  it('says of each Envoy what has changed, once, and survives one that does not answer', async () => {
    const looks: (EnvoyView | undefined)[] = [
      { total: 3, healthy: 3 },
      { total: 3, healthy: 0 },
      { total: 3, healthy: 0 },
      undefined,
      { total: 0, healthy: 0 },
      { total: 3, healthy: 2 },
      { total: 3, healthy: 3 },
    ];
    const said: string[] = [];
    const ending = new AbortController();
    const watch = watchEnvoys({
      envoys: () => [{ name: 'envoy-1', address: '127.0.0.2' }],
      statistics: async (address) => {
        assert.equal(address, '127.0.0.2');
        const view = looks.shift();
        if (looks.length === 0) ending.abort();
        if (view === undefined) throw new Error('no answer');
        return envoyStatistics(view);
      },
      say: (envoy, text) => said.push(`${envoy} ${text}`),
      signal: ending.signal,
      everyMs: 1,
    });
    while (!ending.signal.aborted) await setImmediate();
    await watch;
    assert.deepEqual(said, [
      `envoy-1 ${PANIC}`,
      'envoy-1 no addresses behind the name of the servers: every call fails',
      'envoy-1 servers are healthy again',
    ]);
  });
});
