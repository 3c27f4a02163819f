import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { CallRecord, StreamPlace } from '../../client/outcome';
import { type ClientProcess, parseLines, startClient } from './client-process';
import { DnsServer } from './dns-server';
import type { GreeterServer } from './greeter-server';
import { needsAddresses, startServers } from './loopback';

const NAME = 'envoy-headless.example';

interface Scene {
  readonly servers: readonly [GreeterServer, ...GreeterServer[]];
  readonly dns: DnsServer;
  readonly client: ClientProcess;
}

async function start(t: TestContext, serverCount: number, env: Readonly<Record<string, string>>): Promise<Scene> {
  const servers = await startServers(t, serverCount);
  const addresses = servers.map(({ host }) => host);
  const dns = await DnsServer.start(t, NAME, addresses);
  const target = { ...dns.env, GRPC_SERVER_PORT: String(servers[0].port) };
  return { servers, dns, client: startClient(t, { ...target, LEDGER: '-', ...env }) };
}

type StreamRecord = CallRecord & StreamPlace;

function recordsOf(client: ClientProcess): StreamRecord[] {
  return parseLines(client.stdout) as unknown as StreamRecord[];
}

/** Pods that answered, per stream and opening of it. */
function podsPerOpening(records: readonly StreamRecord[]): Map<string, Set<string>> {
  const pods = new Map<string, Set<string>>();
  for (const { stream, opening, pod } of records) {
    const key = `${stream}/${opening}`;
    pods.set(key, (pods.get(key) ?? new Set()).add(pod));
  }
  return pods;
}

/** The server with the most streams first. All of them may have opened before there was a second connection. */
function byStreams(servers: readonly GreeterServer[]): [GreeterServer, GreeterServer] {
  return [...servers].sort((one, other) => other.streams - one.streams) as [GreeterServer, GreeterServer];
}

describe('a client with STREAMS', async () => {
  const options = await needsAddresses();

  it('holds that many streams, each on one pod, sends on each in turn, and ends them in order', options, async (t) => {
    const { servers, client } = await start(t, 2, { STREAMS: '10', INTERVAL_MS: '250' });
    await client.until('10 messages per stream', () => recordsOf(client).length >= 100);
    const [first, second] = servers.map(({ streams }) => streams) as [number, number];
    assert.equal(first + second, 10);
    // The first few may open before there is a second connection.
    assert.ok(Math.min(first, second) >= 3, `${first} and ${second} streams`);
    assert.equal(await client.stop(), 0);
    const records = recordsOf(client);
    assert.ok(records.every(({ code, attempts }) => code === 'OK' && attempts === 1));
    const pods = podsPerOpening(records);
    assert.deepEqual([...pods.keys()].sort(), ['1/1', '10/1', '2/1', '3/1', '4/1', '5/1', '6/1', '7/1', '8/1', '9/1']);
    assert.ok([...pods.values()].every(({ size }) => size === 1));
    const messages = servers.reduce((sum, { calls }) => sum + calls, 0);
    assert.equal(messages, records.length);
    assert.deepEqual(
      servers.map(({ endedStreams }) => endedStreams),
      [first, second],
    );
  });

  it('opens the streams of a server that crashed again, and loses no message', options, async (t) => {
    const { servers, dns, client } = await start(t, 2, { STREAMS: '4', INTERVAL_MS: '40' });
    await client.until('messages', () => servers.reduce((sum, { calls }) => sum + calls, 0) > 80);
    const [victim, other] = byStreams(servers);
    dns.addresses = [other.host];
    victim.kill();
    await client.until('all streams at the other server', () => other.streams === 4);
    const before = other.calls;
    await client.until('messages on them', () => other.calls > before + 40);
    assert.equal(await client.stop(), 0);
    const records = recordsOf(client);
    assert.ok(records.every(({ code }) => code === 'OK'));
    assert.ok([...podsPerOpening(records).values()].every(({ size }) => size === 1));
    assert.equal(new Set(records.map(({ seq }) => seq)).size, Math.max(...records.map(({ seq }) => seq)));
    assert.ok(parseLines(client.stderr).some(({ msg, opening }) => msg === 'stream ended' && opening === 1));
  });

  it('drops a stream that does not answer in time, and sends on a new one', options, async (t) => {
    const { servers, client } = await start(t, 1, { STREAMS: '1', INTERVAL_MS: '50', DEADLINE_MS: '400' });
    const [server] = servers;
    await client.until('messages', () => recordsOf(client).length > 3);
    server.isMute = true;
    await client.until('a failure', () => recordsOf(client).some(({ code }) => code === 'DEADLINE_EXCEEDED'));
    server.isMute = false;
    const failed = recordsOf(client).length;
    await client.until(
      'answers',
      () =>
        recordsOf(client)
          .slice(failed)
          .filter(({ code }) => code === 'OK').length > 5,
    );
    assert.equal(await client.stop(), 0);
    const records = recordsOf(client);
    for (const { code, latencyMs, opening } of records) {
      if (code === 'OK') continue;
      assert.equal(code, 'DEADLINE_EXCEEDED');
      assert.ok(latencyMs >= 395 && latencyMs < 5000, `${latencyMs} ms`);
      assert.ok(opening >= 1);
    }
    assert.ok((records.at(-1)?.opening ?? 0) > 1);
  });

  it(
    'lets the messages of a broken stream fail when RETRIES is false, and continues on a new one',
    options,
    async (t) => {
      const { servers, client } = await start(t, 2, { STREAMS: '4', INTERVAL_MS: '200', RETRIES: 'false' });
      for (const server of servers) server.isMute = true;
      await client.until('messages', () => servers.reduce((sum, { calls }) => sum + calls, 0) > 8);
      const [victim, other] = byStreams(servers);
      victim.kill();
      other.isMute = false;
      await client.until('failures', () => recordsOf(client).some(({ code }) => code !== 'OK'));
      await client.until('all streams at the other server', () => other.streams === 4);
      assert.equal(await client.stop(), 0);
    },
  );
});
