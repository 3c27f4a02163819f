// No call is lost while servers come, go, roll and crash, and while Envoys come and go. Each test changes something under
// load that began before and ends after.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  assertEvenSpread,
  assertNoneFailed,
  countBy,
  itWithEnvoy,
  type Load,
  startLoad,
  untilEveryEnvoyHas,
  withStack,
} from './support/local-stack';

const NETWORK = '127.77.102';
const RATE = 200;

/** The share of the next calls that `pod` answers, once it has answered one. */
async function shareOf(load: Load, pod: string): Promise<number> {
  while (!(await load.next(20)).some((call) => call.pod === pod)) assert.ok(load.calls.length < 100 * RATE);
  const calls = await load.next(2 * RATE);
  return (countBy(calls, (call) => call.pod).get(pod) ?? 0) / calls.length;
}

describe('local stack under load', () => {
  itWithEnvoy('scales up and down without a lost call, and a new server takes its share', () =>
    withStack({ network: NETWORK, servers: 2, envoys: 2 }, async (stack) => {
      const load = await startLoad(stack, { RATE: String(RATE) });
      await load.next(RATE);
      await stack.servers.scale(4);
      await untilEveryEnvoyHas(stack, 4);
      for (const pod of ['grpc-server-3', 'grpc-server-4']) {
        const share = await shareOf(load, pod);
        assert.ok(Math.abs(share - 0.25) < 0.03, `${pod} got ${(share * 100).toFixed(1)} %`);
      }
      await stack.servers.scale(2);
      await stack.servers.settled();
      const after = await load.next(RATE);
      assert.deepEqual([...countBy(after, (call) => call.pod).keys()].sort(), ['grpc-server-1', 'grpc-server-2']);
      assertNoneFailed(await load.stop());
    }),
  );

  itWithEnvoy('loses no call when servers are killed with SIGKILL', () =>
    withStack({ network: NETWORK, servers: 3, envoys: 2 }, async (stack) => {
      const load = await startLoad(stack, { RATE: String(RATE) });
      await load.next(RATE);
      for (let round = 0; round < 3; round++) {
        const [victim] = stack.servers.pods();
        assert.ok(victim);
        await stack.servers.kill(victim.name);
        await stack.servers.settled();
        await load.next(RATE);
      }
      assertNoneFailed(await load.stop());
      assert.deepEqual(
        stack.servers.pods().map((pod) => pod.name),
        ['grpc-server-4', 'grpc-server-5', 'grpc-server-6'],
      );
    }),
  );

  itWithEnvoy('loses no call in a rolling restart, and spreads evenly over the new servers', () =>
    withStack({ network: NETWORK, servers: 3, envoys: 2 }, async (stack) => {
      const load = await startLoad(stack, { RATE: String(RATE) });
      await load.next(RATE);
      await stack.servers.roll();
      await stack.servers.settled();
      assert.deepEqual(
        stack.servers.pods().map((pod) => pod.name),
        ['grpc-server-4', 'grpc-server-5', 'grpc-server-6'],
      );
      assertNoneFailed(await load.stop());
      await untilEveryEnvoyHas(stack, 3);
      const after = await startLoad(stack, { RATE: String(RATE) });
      await after.next(3 * RATE);
      assertEvenSpread(await after.stop(), 3, 2);
    }),
  );

  itWithEnvoy('loses no call when an Envoy is stopped in order, or killed', () =>
    withStack({ network: NETWORK, servers: 2, envoys: 3 }, async (stack) => {
      const load = await startLoad(stack, { RATE: String(RATE) });
      await load.next(RATE);
      await stack.envoys.scale(2);
      await stack.envoys.settled();
      assert.deepEqual([...countBy(await load.next(RATE), (call) => call.via).keys()].sort(), ['envoy-1', 'envoy-2']);
      await stack.envoys.kill('envoy-1');
      await stack.envoys.settled();
      await load.next(RATE);
      assertNoneFailed(await load.stop());
    }),
  );

  itWithEnvoy('loses no call when a server hangs, and sends it none until it is back', () =>
    withStack({ network: NETWORK, servers: 3, envoys: 2 }, async (stack) => {
      const load = await startLoad(stack, { RATE: String(RATE) });
      await load.next(RATE);
      stack.servers.signal('grpc-server-2', 'SIGSTOP');
      await load.next(6 * RATE);
      const meanwhile = countBy(await load.next(RATE), (call) => call.pod);
      assert.equal(meanwhile.has('grpc-server-2'), false);
      stack.servers.signal('grpc-server-2', 'SIGCONT');
      await stack.servers.settled();
      await untilEveryEnvoyHas(stack, 3);
      const share = await shareOf(load, 'grpc-server-2');
      assert.ok(share > 0.25, `grpc-server-2 got ${(share * 100).toFixed(1)} % after it was back`);
      assertNoneFailed(await load.stop());
    }),
  );
});
