// The verbs of the lab's system, each done to real processes, and what they record.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { type EventKind, eventsOf, type RunEvent } from '../../lab/records/event';
import type { Policy } from '../../lab/system/system';
import { waitFor } from '../support/condition';
import { itWithEnvoy } from './support/local-stack';
import { withSystem } from './support/local-system';

const NETWORK = '127.77.111';
const SOON = { withinMs: 60_000 };
const POLICIES: readonly Policy[] = ['LEAST_REQUEST_FULL_SCAN', 'RANDOM'];

describe('the local system', () => {
  itWithEnvoy('starts as shipped, and records that in events', async () => {
    const { events } = await withSystem(NETWORK, async ({ system }) => {
      assert.deepEqual(
        (await system.pods('grpc-server')).map(({ name, isReady }) => `${name} ${isReady}`),
        ['grpc-server-1 true', 'grpc-server-2 true', 'grpc-server-3 true'],
      );
      assert.deepEqual(await system.hosts('envoy-2'), { known: 3, healthy: 3, gone: 0 });
      assert.deepEqual(await system.counters('grpc-server-1'), { OK: 0 });
      const use = await system.resources('envoy-1');
      assert.ok(use.residentBytes > 1e7 && (use.cpuSeconds ?? 0) > 0, JSON.stringify(use));
      await assert.rejects(system.setComponent('prometheus', false, SOON), /there is none on loopback/);
    });
    const kinds = (subject: string) => events.filter((event) => event.subject === subject).map(({ kind }) => kind);
    assert.deepEqual(kinds('grpc-server-2'), ['pod-started', 'pod-in-dns', 'pod-ready']);
    assert.deepEqual(kinds('envoy-2').slice(0, 1), ['envoy-ready']);
    assert.deepEqual(eventsOf(events, 'replicas').at(-1)?.detail, { desired: 2, ready: 2 });
  });

  itWithEnvoy('scales, kills, stops and takes pods away, and loses no call', async () => {
    const { calls, events } = await withSystem(NETWORK, async ({ system }) => {
      const load = await system.startLoad({ name: 'steady', target: 'envoys', ratePerSecond: 50 });
      await system.scale('grpc-server', 4);
      await system.untilReady('grpc-server', 4, SOON);
      await system.untilRouted(4, SOON);
      await system.crash('grpc-server-1');
      await system.untilGone(['grpc-server-1'], SOON);
      await system.untilReady('grpc-server', 4, SOON);
      await system.freeze('grpc-server-2', 300);
      await system.remove('grpc-server-3');
      await system.untilGone(['grpc-server-3'], SOON);
      await system.untilRouted(4, SOON);
      await assert.rejects(system.crash('grpc-server-1'), /there is no pod "grpc-server-1"; there are grpc-server-2/);
      const { calls: count, cpuSeconds } = await load.stop();
      assert.ok(count > 100 && (cpuSeconds ?? 0) > 0, `${count} calls, ${cpuSeconds} s`);
    });
    assert.deepEqual(calls.filter(({ code }) => code !== 'OK').slice(0, 3), []);
    const lives = (subject: string) => kindsOf(events, subject);
    assert.deepEqual(lives('grpc-server-1'), [
      ...['pod-started', 'pod-in-dns', 'pod-ready', 'signal SIGKILL', 'pod-died', 'pod-gone', 'pod-out-of-dns'],
    ]);
    assert.deepEqual(lives('grpc-server-3'), [
      ...['pod-started', 'pod-in-dns', 'pod-ready', 'signal SIGTERM', 'pod-draining', 'pod-gone', 'pod-out-of-dns'],
    ]);
    assert.deepEqual(lives('grpc-server-2').slice(3), ['signal SIGSTOP', 'signal SIGCONT']);
    assert.deepEqual(eventsOf(events, 'scale')[0]?.detail, { from: 3, to: 4 });
    assert.equal(eventsOf(events, 'load-stop')[0]?.detail?.calls, calls.length);
  });

  itWithEnvoy('injects faults that retries hide and counters show, and removes them', async () => {
    const { calls, events } = await withSystem(NETWORK, async ({ system }) => {
      await system.injectFault('grpc-server-1', { errorRate: 1 });
      const load = await system.startLoad({ name: 'faulty', target: 'envoys', ratePerSecond: 100, count: 200 });
      await load.finished;
      assert.ok(((await system.counters('grpc-server-1')).UNAVAILABLE ?? 0) > 0);
      await system.settle({ servers: 2, envoys: 1 }, SOON);
      await (await system.startLoad({ name: 'sound', target: 'envoys', ratePerSecond: 100, count: 100 })).finished;
    });
    const sound = calls.filter(({ load }) => load === 'sound');
    assert.deepEqual(
      new Set(sound.map(({ pod, code }) => `${pod} ${code}`)),
      new Set(['grpc-server-1 OK', 'grpc-server-2 OK']),
    );
    assert.ok(calls.some(({ load, attempts }) => load === 'faulty' && attempts === 2));
    assert.deepEqual(kindsOf(events, 'grpc-server-1').slice(3), ['fault', 'fault-cleared']);
    assert.deepEqual(eventsOf(events, 'fault')[0]?.detail, { errorRate: 1 });
  });

  itWithEnvoy('runs Envoys with other settings, and restarts them under load without losing a call', async () => {
    const broken = {
      retries: false,
      healthChecks: false,
      outlierEjection: false,
      dns: 'envoy-defaults',
      streamsEndAfterMs: 60_000,
      pingTimeoutMs: 5000,
    } as const;
    const { calls, events } = await withSystem(NETWORK, async ({ system }) => {
      await system.configureEnvoys(broken, SOON);
      for (const policy of POLICIES) await system.configureEnvoys({ policy }, SOON);
      const load = await system.startLoad({ name: 'steady', target: 'envoys', ratePerSecond: 50 });
      await system.configureEnvoys({}, SOON);
      await load.stop();
      assert.deepEqual(
        (await system.pods('envoy')).map(({ isReady, isDraining }) => [isReady, isDraining]),
        [
          [true, false],
          [true, false],
        ],
      );
    });
    assert.deepEqual(calls.filter(({ code }) => code !== 'OK').slice(0, 3), []);
    assert.ok(new Set(calls.map(({ via }) => via)).size >= 4, 'calls went through old and new Envoys');
    assert.deepEqual(
      eventsOf(events, 'policy').map(({ detail }) => detail?.policy),
      ['as shipped', ...POLICIES, 'as shipped'],
    );
  });

  itWithEnvoy('breaks DNS for the servers’ name only', async () => {
    const { calls, events } = await withSystem(NETWORK, async ({ system }) => {
      await system.setDnsFault('servfail');
      await assert.rejects(system.untilRouted(0, { withinMs: 3000 }), /envoy-2 knows 3 and calls 3/);
      await system.setDnsFault('nxdomain');
      await system.untilRouted(0, SOON);
      const env = { RETRIES: 'false' };
      await (await system.startLoad({ name: 'lost', target: 'envoys', ratePerSecond: 50, count: 20, env })).finished;
      await system.settle({ servers: 3, envoys: 2 }, SOON);
      await (await system.startLoad({ name: 'back', target: 'envoys', ratePerSecond: 50, count: 20 })).finished;
    });
    const codes = (load: string) => new Set(calls.filter((call) => call.load === load).map(({ code }) => code));
    assert.deepEqual(codes('lost'), new Set(['UNAVAILABLE']));
    assert.ok(
      calls.every(({ via }) => via.startsWith('envoy-')),
      'the client found every Envoy all the time',
    );
    assert.deepEqual(codes('back'), new Set(['OK']));
    assert.deepEqual(
      kindsOf(events, undefined).filter((kind) => kind.startsWith('dns')),
      ['dns-fault', 'dns-fault', 'dns-fault-cleared'],
    );
  });

  for (const [what, fault, used] of [
    ['the kubelet’s probes get no answer', { failsProbes: true }, 2],
    ['every pod says NOT_SERVING', { notServing: true }, 0],
  ] as const) {
    itWithEnvoy(`answers every call while no pod is ready because ${what}`, async () => {
      const { calls, events } = await withSystem(NETWORK, async ({ system }) => {
        await system.settle({ servers: 2, envoys: 1 }, SOON);
        const pods = await system.pods('grpc-server');
        for (const { name } of pods) await system.injectFault(name, fault);
        const unready = async () => (await system.pods('grpc-server')).every(({ isReady }) => !isReady) || undefined;
        await waitFor('no pod is ready', SOON.withinMs, unready, 50);
        const [envoy] = await system.pods('envoy');
        const healthy = async () => (await system.hosts(envoy?.name ?? '')).healthy === used || undefined;
        await waitFor(`Envoy counts ${used} healthy pods`, SOON.withinMs, healthy, 50);
        // Long enough for Envoy to ask DNS anew several times.
        const spec = { name: 'unready', target: 'envoys', ratePerSecond: 20, count: 100 } as const;
        await (await system.startLoad({ ...spec, env: { RETRIES: 'false' } })).finished;
        assert.deepEqual(await system.hosts(envoy?.name ?? ''), { known: 2, healthy: used, gone: 0 });
      });
      assert.equal(calls.length, 100);
      assert.deepEqual(calls.filter(({ code }) => code !== 'OK').slice(0, 3), []);
      assert.equal(eventsOf(events, 'pod-unready').length, 2);
    });
  }

  itWithEnvoy('is broken in the way that a mutation asks for', async () => {
    const { calls } = await withSystem(
      NETWORK,
      async ({ system }) => {
        const spec = { name: 'meant-for-envoy', target: 'envoys', ratePerSecond: 100, count: 100 } as const;
        await (await system.startLoad(spec)).finished;
      },
      { load: { target: 'server-service' }, serverEnv: { DRAIN_DELAY_MS: '0' } },
    );
    assert.deepEqual(new Set(calls.map(({ via }) => via)), new Set(['']));
    assert.equal(new Set(calls.map(({ pod }) => pod)).size, 1);
  });

  itWithEnvoy('runs servers with the variables of a mutation above those of the experiment', async () => {
    const { calls, events } = await withSystem(
      NETWORK,
      async ({ system }) => {
        await system.configureServers({ MAX_STREAM_AGE_MS: '0', MAX_STREAM_AGE_JITTER: '0' }, SOON);
        const env = { INTERVAL_MS: '100', RETRIES: 'false' };
        const load = await system.startLoad({ name: 'streams', target: 'envoys', streams: 4, env });
        // A server counts a stream when it has ended.
        await waitFor('streams that end', SOON.withinMs, async () => {
          const pods = await system.pods('grpc-server');
          const ended = await Promise.all(pods.map(async ({ name }) => (await system.counters(name)).OK ?? 0));
          return ended.every((count) => count >= 2) || undefined;
        });
        await load.stop();
      },
      { serverEnv: { MAX_STREAM_AGE_MS: '500' } },
    );
    assert.deepEqual(calls.filter(({ code }) => code !== 'OK').slice(0, 3), []);
    const pods = new Set(calls.filter(({ stream }) => stream === 1).map(({ pod }) => pod));
    assert.ok(pods.size > 1, `stream 1 was on ${[...pods]} only`);
    assert.ok(eventsOf(events, 'messages').some(({ detail }) => (detail?.handled ?? 0) > 0));
  });
});

const READINGS: readonly EventKind[] = ['counters', 'messages'];

function kindsOf(events: readonly RunEvent[], subject: string | undefined): readonly string[] {
  return events
    .filter((event) => event.subject === subject && !READINGS.includes(event.kind))
    .map((event) => (event.kind === 'signal' ? `signal ${event.detail?.signal}` : event.kind));
}
