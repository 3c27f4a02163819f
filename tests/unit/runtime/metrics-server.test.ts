import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Counter, Registry } from 'prom-client';
import { StartError } from '../../../runtime/errors';
import type { HttpPort } from '../../../runtime/http-port';
import { startMetricsServer } from '../../../runtime/metrics-server';

const HOST = '127.0.0.1';

describe('startMetricsServer()', () => {
  const registry = new Registry();
  new Counter({ name: 'things_total', help: 'Things.', registers: [registry] }).inc(3);
  let server: HttpPort;
  before(async () => {
    server = await startMetricsServer({ registry, host: HOST, port: 0 });
  });
  after(() => server.close());

  const ask = (path: string, method = 'GET') => fetch(`http://${HOST}:${server.port}${path}`, { method });

  it('answers /metrics in the text format, under its content type', async () => {
    const response = await ask('/metrics?name=x');
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(await response.text(), /^# HELP things_total Things\.\n# TYPE things_total counter\nthings_total 3\n/);
  });

  it('answers /healthz with ok', async () => {
    const response = await ask('/healthz');
    assert.deepEqual([response.status, await response.text()], [200, 'ok\n']);
  });

  for (const [method, path, status] of [
    ['POST', '/metrics', 405],
    ['PUT', '/healthz', 405],
    ['DELETE', '/metrics', 405],
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/../etc/passwd', 404],
    ['GET', '/%2e%2e/metrics', 404],
    ['POST', '/quitquitquit', 404],
  ] as const) {
    it(`answers ${method} ${path} with ${status}`, async () => {
      // By hand, because fetch() tidies a path before it sends it.
      const answer = await rawAnswer(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  }

  it('says which method is allowed', async () => {
    assert.equal((await ask('/metrics', 'POST')).headers.get('allow'), 'GET');
  });

  it('refuses headers over 8 KiB', async () => {
    const answer = await rawAnswer(`GET /metrics HTTP/1.1\r\nHost: x\r\nX-Large: ${'v'.repeat(9000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
  });

  it('answers each pipelined request, and bytes that are not HTTP with 400', async () => {
    const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    const last = request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    assert.equal((await rawAnswer(request + request + last)).split('HTTP/1.1 200 OK').length - 1, 3);
    assert.match(await rawAnswer('\u0000\u0001\u0002\r\n\r\n'), /^HTTP\/1\.1 400 /);
  });

  it('reports a port in use as a StartError of one line', async () => {
    const taken = startMetricsServer({ registry, host: HOST, port: server.port });
    await assert.rejects(taken, (error) => {
      assert(error instanceof StartError);
      assert.equal(error.message, `cannot serve metrics on ${HOST}:${server.port}: EADDRINUSE`);
      return true;
    });
  });

  it('reports a metric that cannot be collected as 500, and serves on', async () => {
    const broken = new Registry();
    const collect = () => {
      throw new Error('no number');
    };
    new Counter({ name: 'broken_total', help: 'Never there.', registers: [broken], collect });
    const other = await startMetricsServer({ registry: broken, host: HOST, port: 0 });
    try {
      for (let round = 0; round < 2; round += 1) {
        const response = await fetch(`http://${HOST}:${other.port}/metrics`);
        assert.deepEqual(
          [response.status, await response.text()],
          [500, 'metrics could not be collected: no number\n'],
        );
      }
    } finally {
      await other.close();
    }
  });

  it('answers a probe at once beside connections that say nothing, or half of something', async () => {
    const silent = Array.from({ length: 100 }, () => connect(server.port, HOST));
    try {
      for (const [n, socket] of silent.entries()) {
        socket.on('error', () => {
          // Reset for a newer one.
        });
        await once(socket, 'connect');
        if (n % 2 === 0) socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
      }
      for (let probe = 0; probe < 3; probe += 1) {
        const signal = AbortSignal.timeout(4000);
        const response = await fetch(`http://${HOST}:${server.port}/healthz`, {
          signal,
          headers: { connection: 'close' },
        });
        assert.equal(response.status, 200);
      }
    } finally {
      for (const socket of silent) socket.destroy();
    }
  });

  it('closes although a client holds a connection open', async () => {
    const other = await startMetricsServer({ registry, host: HOST, port: 0 });
    const socket = connect(other.port, HOST);
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\n');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {
      // A reset is one way to be closed.
    });
    await other.close();
    await closed;
  });

  async function rawAnswer(bytes: string): Promise<string> {
    const socket = connect(server.port, HOST);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(bytes);
    await once(socket, 'close');
    return answer;
  }
});
