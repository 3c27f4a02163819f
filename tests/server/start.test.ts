import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { spawnServer, startServer } from './server-process';

async function occupyPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

describe('a start of grpc-server', () => {
  it('prints both problems of the environment and exits 2', async (t) => {
    const server = spawnServer(t, { GRPC_PORT: 'abc', METRICS_PORT: '70000' });
    assert.deepEqual(await server.exited, { code: 2, signal: null });
    assert.equal(
      server.stderr,
      'grpc-server: GRPC_PORT: expected an integer 0-65535, got "abc"\n' +
        'grpc-server: METRICS_PORT: expected an integer 0-65535, got "70000"\n',
    );
    assert.deepEqual(server.lines, []);
  });

  for (const [variable, what] of [
    ['GRPC_PORT', 'gRPC'],
    ['METRICS_PORT', 'metrics'],
  ] as const) {
    it(`says in one line that ${variable} is in use and exits 1`, async (t) => {
      const port = await occupyPort(t);
      const server = spawnServer(t, { [variable]: String(port) });
      assert.deepEqual(await server.exited, { code: 1, signal: null });
      const [line, ...others] = server.lines.filter(({ level }) => level !== 'info');
      assert.equal(line?.msg, `cannot serve ${what} on 127.0.0.1:${port}: EADDRINUSE`);
      assert.deepEqual([line?.level, line?.err, others, server.stderr], ['fatal', undefined, [], '']);
    });
  }

  it('says in one line that an address is not there and exits 1', async (t) => {
    const server = spawnServer(t, { GRPC_HOST: '192.0.2.1' });
    assert.deepEqual(await server.exited, { code: 1, signal: null });
    assert.equal(server.lines.at(-1)?.msg, 'cannot serve gRPC on 192.0.2.1:0: EADDRNOTAVAIL');
  });

  it('logs its settings first, then the ports it got', async (t) => {
    const server = await startServer(t);
    const [starting, listening] = server.lines.map(({ msg, config }) => ({
      msg,
      config: config as { podName: string },
    }));
    assert.deepEqual([starting?.msg, starting?.config.podName], ['starting', 'grpc-server-1']);
    assert.equal(listening?.msg, 'listening');
    assert(server.grpcPort > 0 && server.metricsPort > 0);
  });

  it('exits 0 at a SIGTERM that comes before it listens', async (t) => {
    const server = spawnServer(t);
    await server.line('starting');
    server.signal('SIGTERM');
    assert.deepEqual(await server.exited, { code: 0, signal: null });
  });
});
