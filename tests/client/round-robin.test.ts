import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { type ClientProcess, withClient } from './client-process';
import { DnsServer } from './dns-server';
import { GreeterServer } from './greeter-server';

// A network of its own, so that no other test has these addresses.
const NETWORK = '127.77.200';
const NAME = 'envoy-headless.example';

function canBind(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, address, () => probe.close(() => resolve(true)));
  });
}

/** Servers with addresses of their own and one port, as a headless Service has them. */
async function startServers(count: number): Promise<[GreeterServer, ...GreeterServer[]]> {
  const first = await GreeterServer.start({ pod: 'grpc-server-1', host: `${NETWORK}.1` });
  const servers: [GreeterServer, ...GreeterServer[]] = [first];
  for (let i = 2; i <= count; i++) {
    servers.push(await GreeterServer.start({ pod: `grpc-server-${i}`, host: `${NETWORK}.${i}`, port: first.port }));
  }
  return servers;
}

function podsOf(client: ClientProcess): string[] {
  return Object.keys(client.summary.pods);
}

describe('a client of a name with several addresses', async () => {
  const hasAddresses = await canBind(`${NETWORK}.2`);
  const options = { skip: hasAddresses ? false : `${NETWORK}.2 is no address of this machine` };

  it('takes turns over all of them with round_robin', options, async () => {
    const servers = await startServers(3);
    const dns = await DnsServer.start(
      NAME,
      servers.map(({ host }) => host),
    );
    const env = { ...dns.env, GRPC_SERVER_PORT: String(servers[0].port), LB_POLICY: 'round_robin' };
    await withClient({ ...env, RATE: '200', COUNT: '300' }, async (client) => {
      assert.equal(await client.exited, 0);
      assert.equal(client.summary.ok, 300);
      const counts = Object.values(client.summary.pods);
      assert.equal(counts.length, 3);
      // Connections come up one after the other; only the first few calls have fewer to choose from.
      assert.ok((client.summary.jain ?? 0) > 0.99, JSON.stringify(client.summary.pods));
    });
    for (const server of servers) server.kill();
    dns.close();
  });

  it('stays with one of them with pick_first', options, async () => {
    const servers = await startServers(3);
    const dns = await DnsServer.start(
      NAME,
      servers.map(({ host }) => host),
    );
    const env = { ...dns.env, GRPC_SERVER_PORT: String(servers[0].port), LB_POLICY: 'pick_first' };
    await withClient({ ...env, RATE: '200', COUNT: '100' }, async (client) => {
      assert.equal(await client.exited, 0);
      assert.equal(client.summary.ok, 100);
      assert.equal(podsOf(client).length, 1);
    });
    for (const server of servers) server.kill();
    dns.close();
  });

  it('finds a new address when one of its servers says GOAWAY, and loses no call over it', options, async () => {
    const [first, second, third] = (await startServers(3)) as [GreeterServer, GreeterServer, GreeterServer];
    const dns = await DnsServer.start(NAME, [first.host, second.host]);
    const env = { ...dns.env, GRPC_SERVER_PORT: String(first.port) };
    await withClient({ ...env, RATE: '100' }, async (client) => {
      await client.until('calls at both', () => first.calls > 10 && second.calls > 10);
      dns.addresses = [second.host, third.host];
      const goneMs = Date.now();
      await first.drain();
      await client.until('calls at the new server', () => third.calls > 10);
      assert.ok(Date.now() - goneMs < 5000, `${Date.now() - goneMs} ms`);
      assert.equal(await client.stop(), 0);
      assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
    });
    for (const server of [second, third]) server.kill();
    dns.close();
  });

  it('loses no call when one of its servers crashes', options, async () => {
    const [first, second] = (await startServers(2)) as [GreeterServer, GreeterServer];
    for (const server of [first, second]) server.delayMs = 20;
    const dns = await DnsServer.start(NAME, [first.host, second.host]);
    const env = { ...dns.env, GRPC_SERVER_PORT: String(first.port) };
    await withClient({ ...env, RATE: '200' }, async (client) => {
      await client.until('calls at both', () => first.calls > 50 && second.calls > 50 && first.inFlight > 0);
      first.kill();
      const before = second.calls;
      await client.until('calls at the one that is left', () => second.calls > before + 100);
      assert.equal(await client.stop(), 0);
      assert.deepEqual(Object.keys(client.summary.byCode), ['OK']);
      assert.ok((client.summary.attemptsPerCall ?? 0) > 1);
    });
    second.kill();
    dns.close();
  });

  for (const LB_POLICY of ['round_robin', 'pick_first']) {
    it(`with ${LB_POLICY} serves a call that waits when the name appears after it was sent`, options, async () => {
      const [server] = await startServers(1);
      const dns = await DnsServer.start(NAME, []);
      const env = { ...dns.env, GRPC_SERVER_PORT: String(server.port), LB_POLICY, COUNT: '1', DEADLINE_MS: '20000' };
      await withClient(env, async (client) => {
        await client.until('a question', () => dns.questions > 0);
        dns.addresses = [server.host];
        const bornMs = Date.now();
        assert.equal(await client.exited, 0);
        assert.equal(client.summary.ok, 1);
        assert.ok(Date.now() - bornMs < 5000, `${Date.now() - bornMs} ms`);
      });
      server.kill();
      dns.close();
    });
  }
});
