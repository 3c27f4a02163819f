// Callers who take more of Envoy than their share by streams: they keep no honest call out, and they do not fill the heap.
// The breakers and the heap are smaller than shipped, so that little load shows what much would do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type EnvoyChange, greeterCluster } from '../../local/envoy/envoy-config';
import { Greeter } from '../../proto/load';
import { startServer } from '../server/server-process';
import { waitFor } from '../support/condition';
import { keepCalling } from './support/keep-calling';
import {
  greeterStatistic,
  lookForEnvoy,
  MANIFESTS,
  type OneEnvoy,
  startOneEnvoy,
  statistics,
} from './support/one-envoy';
import { openUnreadStreams, type UnreadStreams } from './support/unread-streams';

const NETWORK = '127.77.50';
const MOST_CALLS = 128;
const HEAP_MIB = 40;
const LIMIT = { timeout: 180_000 };
/** Four windows of 64 KiB, and as much again for what Envoy keeps beside them. */
const PER_STREAM_MIB = 0.5;

const SMALL: EnvoyChange = {
  description: `${MOST_CALLS} calls at once for each set of breakers, and a heap of ${HEAP_MIB} MiB`,
  apply(config) {
    for (const threshold of config.items([...greeterCluster(config), 'circuit_breakers', 'thresholds'])) {
      config.set([...threshold, 'max_requests'], MOST_CALLS);
    }
    const monitors = config.items(['overload_manager', 'resource_monitors']);
    const heap = monitors.find((monitor) => config.get([...monitor, 'name']) === 'envoy.resource_monitors.fixed_heap');
    config.set([...(heap ?? []), 'typed_config', 'max_heap_size_bytes'], HEAP_MIB * 2 ** 20);
  },
};

describe('streams that take more than their share', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  describe('leave to others what is theirs', { skip }, () => {
    const ends: (() => unknown)[] = [];
    let envoy: OneEnvoy;

    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, NETWORK, {}, [SMALL]);
      ends.unshift(() => envoy.close());
      await envoy.addServer(async (host, port) => {
        const after = (end: unknown) => void ends.push(end as () => unknown);
        const env = { GRPC_HOST: host, GRPC_PORT: `${port}`, METRICS_HOST: host };
        const server = await startServer({ after }, env);
        return { stop: () => server.signal('SIGKILL') };
      });
    });
    after(async () => {
      for (const end of ends) await end();
    });

    const gauge = async (name: string) => {
      const value = new RegExp(`^envoy_${name}(?:\\{[^}]*\\})? (\\d+)$`, 'm').exec(await statistics(envoy.host))?.[1];
      return Number(value ?? Number.NaN);
    };
    const heapMiB = async () => (await gauge('server_memory_allocated')) / 2 ** 20;
    /** Waits until the windows of `streams` are full: two seconds pass in which nothing more is taken. */
    const untilStuck = async (all: readonly UnreadStreams[]) => {
      let before = -1;
      const look = () => {
        const now = all.reduce((bytes, { sentBytes }) => bytes + sentBytes, 0);
        const isStill = now > 0 && now === before;
        before = now;
        return isStill || undefined;
      };
      await waitFor('the windows are full', 40_000, look, 2000);
    };
    const open = (streams: number) => openUnreadStreams(envoy.host, MANIFESTS.envoy.ports.grpc ?? 0, streams);

    it('idle ones do not fill the room of short calls, and what is too many is refused at once', LIMIT, async () => {
      const clients = [1, 2].map(
        () =>
          new Greeter(envoy.target, credentials.createInsecure(), {
            'grpc.enable_retries': 0,
            'grpc.use_local_subchannel_pool': 1,
          }),
      );
      const refused: ServiceError[] = [];
      let answered = 0;
      const chats = clients.flatMap((client) => Array.from({ length: 90 }, () => client.Chat()));
      for (const chat of chats) {
        chat.on('data', () => {
          answered += 1;
        });
        chat.on('error', (error: ServiceError) => error.code !== status.CANCELLED && refused.push(error));
        chat.write({ name: 'idle from now on' });
      }
      await waitFor('all streams', 60_000, () => answered + refused.length === chats.length || undefined, 20);
      const honest = keepCalling(envoy.target);
      await honest.until(50);
      assert.deepEqual(await honest.stop(), {}, 'beside as many streams as may be');
      assert.equal(answered, MOST_CALLS);
      const texts = new Set(refused.map(({ code, details }) => `${status[code]}: ${details}`));
      assert.deepEqual(
        [...texts],
        ['UNAVAILABLE: upstream connect error or disconnect/reset before headers. reset reason: overflow'],
      );
      for (const chat of chats) chat.cancel();
      for (const client of clients) client.close();
      const noneLeft = async () => (await greeterStatistic(envoy.host, 'upstream_rq_active')) === 0 || undefined;
      await waitFor('no stream', 60_000, noneLeft, 50);
    });

    it('ten that send and never read hold ten times four windows, and nothing is reset', LIMIT, async () => {
      const before = await heapMiB();
      const greedy = await open(10);
      const honest = keepCalling(envoy.target);
      try {
        await untilStuck([greedy]);
        const grown = (await heapMiB()) - before;
        assert.ok(grown <= 10 * PER_STREAM_MIB, `${grown.toFixed(1)} MiB`);
        await honest.until(20);
        assert.deepEqual(greedy.ended, {});
      } finally {
        greedy.close();
      }
      assert.deepEqual(await honest.stop(), {});
    });

    it(
      'of many that would fill the heap those that hold most are reset, and no honest call is refused',
      LIMIT,
      async () => {
        const honest = keepCalling(envoy.target);
        const greedy = await Promise.all([open(63), open(63)]);
        try {
          const ended = () => greedy.flatMap((each) => Object.entries(each.ended));
          await waitFor('some are reset', 60_000, () => ended().length > 0 || undefined, 100);
          await untilStuck(greedy);
          await honest.until(50);
          assert.deepEqual([...new Set(ended().map(([code]) => code))], ['2'], 'INTERNAL_ERROR');
          assert.ok((await heapMiB()) < HEAP_MIB, `${await heapMiB()} MiB`);
        } finally {
          for (const each of greedy) each.close();
        }
        assert.deepEqual(await honest.stop(), {});
      },
    );
  });
});
