// The server is asked by Node's own resolver, which is the library that Envoy uses too.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as dns from 'dns-packet';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import { TTL_SECONDS } from '../../../../local/dns/dns-answers';
import { type DnsServer, startDnsServer } from '../../../../local/dns/dns-server';

const HEADLESS = 'pods.example.svc.cluster.local';
const CLUSTER_IP = 'service.example.svc.cluster.local';

describe('startDnsServer()', () => {
  let server: DnsServer;
  let resolver: Resolver;

  beforeEach(async () => {
    server = await startDnsServer({ random: seededRandom(1) });
    server.addService(HEADLESS, 'headless');
    server.addService(CLUSTER_IP, 'cluster-ip');
    resolver = new Resolver({ timeout: 300, tries: 1 });
    resolver.setServers([server.address]);
  });
  afterEach(async () => {
    resolver.cancel();
    await server.close();
  });

  it('answers a headless name with every address, and Kubernetes’ time to live', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11', '127.0.0.12', '127.0.0.13']);
    const records = await resolver.resolve4(HEADLESS, { ttl: true });
    assert.deepEqual(records.map((record) => record.address).sort(), ['127.0.0.11', '127.0.0.12', '127.0.0.13']);
    assert.ok(records.every((record) => record.ttl === TTL_SECONDS));
  });

  it('answers in a new order again and again', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11', '127.0.0.12', '127.0.0.13']);
    const firsts = new Set<string | undefined>();
    for (let n = 0; n < 20; n++) firsts.add((await resolver.resolve4(HEADLESS))[0]);
    assert.equal(firsts.size, 3);
  });

  it('answers a name with a cluster IP with one address, each of them in time', async () => {
    server.setAddresses(CLUSTER_IP, ['127.0.0.11', '127.0.0.12']);
    const seen = new Set<string>();
    for (let n = 0; n < 20; n++) {
      const answer = await resolver.resolve4(CLUSTER_IP);
      assert.equal(answer.length, 1);
      for (const address of answer) seen.add(address);
    }
    assert.equal(seen.size, 2);
  });

  it('does not know a headless name without pods, nor any other name', async () => {
    await assert.rejects(resolver.resolve4(HEADLESS), { code: 'ENOTFOUND' });
    await assert.rejects(resolver.resolve4('elsewhere.example'), { code: 'ENOTFOUND' });
  });

  it('answers for a name with a cluster IP even without pods', async () => {
    await assert.rejects(resolver.resolve4(CLUSTER_IP), { code: 'ENODATA' });
  });

  it('has no AAAA records, which is not the same as no name', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11']);
    await assert.rejects(resolver.resolve6(HEADLESS), { code: 'ENODATA' });
  });

  it('ignores the case of letters, and repeats the name as it was asked', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11']);
    const reply = await ask(server, { type: 'query', id: 7, questions: [{ type: 'A', name: HEADLESS.toUpperCase() }] });
    assert.equal(reply.id, 7);
    assert.equal(reply.questions?.[0]?.name, HEADLESS.toUpperCase());
    assert.equal(reply.answers?.[0]?.name, HEADLESS.toUpperCase());
  });

  it('names the authority when it has no address', async () => {
    const reply = await ask(server, { type: 'query', id: 1, questions: [{ type: 'A', name: HEADLESS }] });
    assert.equal(reply.authorities?.[0]?.type, 'SOA');
  });

  it('counts how often addresses of a name were asked for', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11']);
    assert.equal(server.queries(HEADLESS), 0);
    await resolver.resolve4(HEADLESS);
    await resolver.resolve4(HEADLESS);
    await assert.rejects(resolver.resolve6(HEADLESS));
    await assert.rejects(resolver.resolve4('elsewhere.example'));
    assert.equal(server.queries(HEADLESS), 2);
    assert.equal(server.queries('elsewhere.example'), 1);
  });

  it('sends the client to TCP when an answer is too long for UDP', async () => {
    const many = Array.from({ length: 200 }, (_, n) => `127.1.0.${n + 1}`);
    server.setAddresses(HEADLESS, many);
    const reply = await ask(server, { type: 'query', id: 1, questions: [{ type: 'A', name: HEADLESS }] });
    assert.equal(reply.flag_tc, true);
    assert.equal((await resolver.resolve4(HEADLESS)).length, 200);
  });

  it('answers several questions on one TCP connection, however they are cut', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11']);
    const question = dns.streamEncode({ type: 'query', id: 1, questions: [{ type: 'A', name: HEADLESS }] });
    const both = Buffer.concat([question, question]);
    const socket = connect(server.port, server.host);
    const answered = new Promise<number>((resolve) => {
      let bytes = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        const length = 2 + (bytes.length < 2 ? 0 : bytes.readUInt16BE(0));
        if (bytes.length >= 2 * length) resolve(bytes.length / length);
      });
    });
    for (const byte of both) socket.write(Buffer.from([byte]));
    assert.equal(await answered, 2);
    socket.destroy();
  });

  it('survives what is not DNS', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11']);
    const socket = createSocket('udp4');
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(600, 0xff)]) {
      await new Promise((resolve) => socket.send(bytes, server.port, server.host, resolve));
    }
    socket.close();
    assert.deepEqual(await resolver.resolve4(HEADLESS), ['127.0.0.11']);
  });

  for (const [fault, code] of [
    ['servfail', 'ESERVFAIL'],
    ['silence', 'ETIMEOUT'],
    ['nxdomain', 'ENOTFOUND'],
  ] as const) {
    it(`fails with ${fault}, counts, and recovers`, async () => {
      server.setAddresses(HEADLESS, ['127.0.0.11']);
      server.setFault(fault);
      await assert.rejects(resolver.resolve4(HEADLESS), { code });
      assert.ok(server.queries(HEADLESS) >= 1);
      server.setFault(undefined);
      assert.deepEqual(await resolver.resolve4(HEADLESS), ['127.0.0.11']);
    });
  }

  it('can fail for one name and answer for the others', async () => {
    server.setAddresses(HEADLESS, ['127.0.0.11']);
    server.setFault('servfail', ['other.example']);
    assert.deepEqual(await resolver.resolve4(HEADLESS), ['127.0.0.11']);
    server.setFault('servfail', ['other.example', HEADLESS]);
    await assert.rejects(resolver.resolve4(HEADLESS.toUpperCase()), { code: 'ESERVFAIL' });
    server.setFault(undefined);
  });

  it('refuses addresses for a name that no Service has', () => {
    assert.throws(() => server.setAddresses('typo.example', []), /no Service was declared under typo\.example/);
  });
});

/** One question over UDP, without a resolver in between. */
function ask(server: DnsServer, query: dns.Packet): Promise<dns.DecodedPacket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Error('no answer within 5 s')), 5000);
    socket.on('message', (message) => {
      clearTimeout(giveUp);
      socket.close();
      resolve(dns.decode(message));
    });
    socket.send(dns.encode(query), server.port, server.host);
  });
}
