import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { frameAttacks } from './attacks/frames';
import { headerAttacks } from './attacks/headers';
import { messageAttacks } from './attacks/messages';
import { type GreeterStub, openStub, sayHello } from './honest-client';
import { hostileLoad } from './hostile-load';
import { openSession, rawCall } from './http2-call';
import { scrape, until } from './scrape';
import { type ServerProcess, startServer } from './server-process';

describe('grpc-server under attack', () => {
  const ends: Array<() => unknown> = [];
  let server: ServerProcess;
  let honest: GreeterStub;
  before(async () => {
    server = await startServer({ after: (end) => void ends.push(end as () => unknown) });
    honest = openStub(server.grpcPort);
    ends.unshift(() => honest.close());
  });
  after(async () => {
    for (const end of ends) await end();
  });

  for (const attack of [...messageAttacks, ...headerAttacks, ...frameAttacks]) {
    it(`answers "${attack.name}" with ${attack.expected.join(' or ')}`, async () => {
      const session = await openSession(server.grpcPort);
      try {
        const outcome = await attack.run({ port: server.grpcPort, session: async () => session });
        assert(attack.expected.includes(outcome), outcome);
        if (attack.sparesConnection) {
          const { outcome } = await rawCall(session, { body: Buffer.from('\0\0\0\0\x03\x0a\x01x') });
          assert.equal(outcome, 'OK', 'the next call on the same connection');
        }
        await sayHello(honest, attack.name);
      } finally {
        session.destroy();
      }
    });
  }

  it('survives 5,000 of them at once while every honest call succeeds', async () => {
    const report = await hostileLoad({ ...server.ports, count: 5000 });
    assert.deepEqual(report.unexpected, {});
    assert.deepEqual(report.honest.failures, []);
    assert(report.honest.ok > 100, `${report.honest.ok} honest calls`);
  });

  it('keeps nothing afterwards: no call in flight, no new series, no log line, no text on standard error', async () => {
    await until(
      'no call in flight',
      async () => (await scrape(server.metricsPort)).get('grpc_requests_in_flight') === 0,
    );
    const series = [...(await scrape(server.metricsPort)).keys()].filter((name) =>
      name.startsWith('grpc_requests_total'),
    );
    assert(series.length <= 2 * 17, series.join('\n'));
    assert(series.every((name) => /^grpc_requests_total\{method="(SayHello|Chat)",code="[A-Z_]+"\}$/.test(name)));
    assert.deepEqual([server.lines.slice(2), server.stderr, server.isAlive], [[], '', true]);
  });

  it('closes the connections that broke HTTP/2, which Node itself leaves open', async (t) => {
    const open = async () => (await scrape(server.metricsPort)).get('process_open_fds');
    if ((await open()) === undefined) return t.skip('only Linux shows how many descriptors a process has open');
    await until('few descriptors', async () => ((await open()) ?? 0) < 50, 60_000);
  });
});
