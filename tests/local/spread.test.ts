// The main claim on the real Envoy: calls are spread evenly over servers and over Envoys, by the shipped configuration.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe } from 'node:test';
import { policyChange } from '../../local/envoy/settings-changes';
import { assertEvenSpread, assertNoneFailed, countBy, itWithEnvoy, startLoad, withStack } from './support/local-stack';

const NETWORK = '127.77.101';
const SERVER_NAME = 'grpc-server-headless.grpc-server.svc.cluster.local';

describe('local stack', () => {
  itWithEnvoy('spreads calls evenly over three servers and two Envoys', () =>
    withStack({ network: NETWORK, servers: 3, envoys: 2 }, async (stack) => {
      const load = await startLoad(stack, { RATE: '200' });
      await load.next(2000);
      const calls = await load.stop();
      assertEvenSpread(calls, 3, 2);
      for (const [envoy, count] of countBy(calls, (call) => call.via)) {
        const share = count / calls.length;
        assert.ok(share >= 0.45 && share <= 0.55, `${envoy} carried ${(share * 100).toFixed(1)} % of the calls`);
      }
      assert.ok(calls.every((call) => call.attempts === 1));
    }),
  );

  itWithEnvoy('takes strict turns on one Envoy: every three calls in a row reach all three servers', () =>
    withStack({ network: NETWORK, servers: 3, envoys: 1 }, async (stack) => {
      // One call at a time: what is sent together may be answered in another order.
      const load = await startLoad(stack, { RATE: '50', MAX_IN_FLIGHT: '1' });
      const calls = await load.next(150);
      for (let first = 0; first + 3 <= calls.length; first++) {
        assert.equal(new Set(calls.slice(first, first + 3).map((call) => call.pod)).size, 3, `calls from ${first}`);
      }
      await load.stop();
    }),
  );

  itWithEnvoy('uses another policy on request', () =>
    withStack({ network: NETWORK, servers: 3, envoys: 2, envoyChanges: [policyChange('RANDOM')] }, async (stack) => {
      const load = await startLoad(stack, { RATE: '400' });
      const calls = await load.next(2000);
      assertNoneFailed(calls);
      // 2000 random draws over three pods are this even once in several thousand times.
      assert.throws(() => assertEvenSpread(calls, 3, 2), /pods differ by/);
    }),
  );

  itWithEnvoy('runs Envoys and servers with other settings after a roll', () =>
    withStack(
      { network: NETWORK, servers: 1, envoys: 1, preStopEnv: { PRE_STOP_LEAST_SECONDS: '1' } },
      async (stack) => {
        const load = await startLoad(stack, { RATE: '50' });
        await load.next(20);
        stack.setEnvoyChanges([policyChange('NONSENSE')]);
        await assert.rejects(stack.envoys.roll(), /envoy-2 on .* did not start: exit code 1\n[\s\S]*NONSENSE/);
        stack.setEnvoyChanges([policyChange('LEAST_REQUEST')]);
        stack.setServerEnv({ DRAIN_DELAY_MS: '0', GRACE_MS: '1' });
        await stack.envoys.roll();
        await stack.envoys.settled();
        const [envoy] = stack.envoys.pods();
        const config = readFileSync(path.join(stack.directory, envoy?.name ?? '', 'envoy.yaml'), 'utf8');
        assert.match(config, /lb_policy: LEAST_REQUEST/);
        await load.next(20);
        assertNoneFailed(await load.stop());
      },
    ),
  );

  itWithEnvoy('asks DNS about once a second per Envoy, whatever the answer’s time to live is', () =>
    withStack({ network: NETWORK, servers: 1, envoys: 2 }, async (stack) => {
      const before = stack.dns.queries(SERVER_NAME);
      const startedAt = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 6000));
      const perSecond = ((stack.dns.queries(SERVER_NAME) - before) / (Date.now() - startedAt)) * 1000;
      assert.ok(perSecond > 1.2 && perSecond < 2.8, `two Envoys asked ${perSecond.toFixed(2)} times a second`);
    }),
  );
});
