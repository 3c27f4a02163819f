import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClientProcess, startClient } from './client-process';
import { DnsServer } from './dns-server';
import type { GreeterServer } from './greeter-server';
import { needsAddresses, startServers } from './loopback';

const NAME = 'envoy-headless.example';

function addressesOf(servers: readonly GreeterServer[]): string[] {
  return servers.map(({ host }) => host);
}

function podsOf(client: ClientProcess): string[] {
  return Object.keys(client.summary.pods);
}

describe('a client of a name with several addresses', async () => {
  const options = await needsAddresses();

  it('takes turns over all of them with round_robin', options, async (t) => {
    const servers = await startServers(t, 3);
    const dns = await DnsServer.start(t, NAME, addressesOf(servers));
    const env = { ...dns.env, GRPC_SERVER_PORT: String(servers[0].port), LB_POLICY: 'round_robin' };
    const client = startClient(t, { ...env, RATE: '200', COUNT: '300' });
    assert.equal(await client.exited, 0);
    assert.equal(client.summary.ok, 300);
    const counts = Object.values(client.summary.pods);
    assert.equal(counts.length, 3);
    // Connections come up one after the other; only the first few calls have fewer to choose from.
    assert.ok((client.summary.jain ?? 0) > 0.99, JSON.stringify(client.summary.pods));
  });

  it('stays with one of them with pick_first', options, async (t) => {
    const servers = await startServers(t, 3);
    const dns = await DnsServer.start(t, NAME, addressesOf(servers));
    const env = { ...dns.env, GRPC_SERVER_PORT: String(servers[0].port), LB_POLICY: 'pick_first' };
    const client = startClient(t, { ...env, RATE: '200', COUNT: '100' });
    assert.equal(await client.exited, 0);
    assert.equal(client.summary.ok, 100);
    assert.equal(podsOf(client).length, 1);
  });

  it('finds a new address when one of its servers says GOAWAY, and loses no call over it', options, async (t) => {
    const [first, second, third] = (await startServers(t, 3)) as [GreeterServer, GreeterServer, GreeterServer];
    const dns = await DnsServer.start(t, NAME, [first.host, second.host]);
    const env = { ...dns.env, GRPC_SERVER_PORT: String(first.port) };
    const client = startClient(t, { ...env, RATE: '100' });
    await client.until('calls at both', () => first.calls > 10 && second.calls > 10);
    dns.addresses = [second.host, third.host];
    const goneMs = Date.now();
    await first.drain();
    await client.until('calls at the new server', () => third.calls > 10);
    // Left to itself grpc-js looks a name up once in 30 s.
    assert.ok(Date.now() - goneMs < 25_000, `${Date.now() - goneMs} ms`);
    assert.equal(await client.stop(), 0);
    assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
  });

  it('loses no call when one of its servers crashes', options, async (t) => {
    const [first, second] = (await startServers(t, 2)) as [GreeterServer, GreeterServer];
    for (const server of [first, second]) server.delayMs = 20;
    const dns = await DnsServer.start(t, NAME, [first.host, second.host]);
    const env = { ...dns.env, GRPC_SERVER_PORT: String(first.port) };
    const client = startClient(t, { ...env, RATE: '200' });
    await client.until('calls at both', () => first.calls > 50 && second.calls > 50 && first.inFlight > 0);
    first.kill();
    const before = second.calls;
    await client.until('calls at the one that is left', () => second.calls > before + 100);
    assert.equal(await client.stop(), 0);
    assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
    assert.ok((client.summary.attemptsPerCall ?? 0) > 1);
  });

  for (const LB_POLICY of ['round_robin', 'pick_first']) {
    it(`with ${LB_POLICY} serves a call that waits when the name appears after it was sent`, options, async (t) => {
      const [server] = await startServers(t, 1);
      const dns = await DnsServer.start(t, NAME, []);
      const env = { ...dns.env, GRPC_SERVER_PORT: String(server.port), LB_POLICY, COUNT: '1', DEADLINE_MS: '20000' };
      const client = startClient(t, env);
      // By now the call has been sent and asked in vain, and nothing but the passing of time makes the client ask again.
      await client.until('questions', () => client.linesOf('started').length > 0 && dns.questions >= 5);
      dns.addresses = [server.host];
      assert.equal(await client.exited, 0);
      assert.equal(client.summary.ok, 1, 'before its deadline');
    });
  }
});
