import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { startClient } from './client-process';
import { GreeterServer } from './greeter-server';

describe('settings of a client', () => {
  it('are all printed if they are wrong, and end it with 2 before it does anything', async (t) => {
    const client = startClient(t, { INTERVAL_MS: 'soon', RATE: '-1', METRICS_PORT: '70000' });
    assert.equal(await client.exited, 2);
    assert.equal(client.stdout, '');
    assert.deepEqual(client.stderr.trimEnd().split('\n'), [
      'grpc-client: INTERVAL_MS: expected an integer 1-3600000, got "soon"',
      'grpc-client: RATE: expected a number 0.001-100000, got "-1"',
      'grpc-client: METRICS_PORT: expected an integer 0-65535, got "70000"',
    ]);
  });

  it('end it with 1 and one line when the metrics port is in use', async (t) => {
    const holder = createServer();
    t.after(() => holder.close());
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    const { port } = holder.address() as AddressInfo;
    const client = startClient(t, { METRICS_PORT: String(port) });
    assert.equal(await client.exited, 1);
    assert.equal(client.lines.at(-1)?.msg, `cannot serve metrics on 127.0.0.1:${port}: EADDRINUSE`);
  });

  it('POD_NAME and GREETING_NAME reach the server, and its reply reaches the log', async (t) => {
    const server = await GreeterServer.start(t, {
      pod: 'grpc-server-7',
      headers: { 'x-envoy-pod': 'envoy-2', 'x-envoy-attempt-count': '3' },
    });
    const client = startClient(t, { ...server.env, POD_NAME: 'me', GREETING_NAME: 'Ada Łovelace', COUNT: '1' });
    assert.equal(await client.exited, 0);
    assert.deepEqual([...server.clients], ['me']);
    const [line] = client.received;
    assert.equal(line?.msg, 'Received: Hello, Ada Łovelace! This message is from grpc-server-7');
    assert.deepEqual(
      [line.client, line.pod, line.via, line.attempts, line.seq],
      ['me', 'grpc-server-7', 'envoy-2', 3, 1],
    );
    assert.deepEqual(client.summary.envoys, { 'envoy-2': 1 });
    assert.equal(client.summary.attemptsPerCall, 3);
  });

  it('of a proxy in the environment do not redirect calls', async (t) => {
    const server = await GreeterServer.start(t);
    const proxy = 'http://127.0.0.1:1';
    const env = { http_proxy: proxy, https_proxy: proxy, grpc_proxy: proxy, COUNT: '1' };
    const client = startClient(t, { ...server.env, ...env });
    assert.equal(await client.exited, 0);
    assert.equal(client.summary.ok, 1);
  });

  it('METRICS_PORT serves the metrics of the calls', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, RATE: '50' });
    await client.until('calls', () => server.calls > 3);
    const port = client.linesOf('started')[0]?.metricsPort;
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const count = /^grpc_client_calls_total\{pod="grpc-server-1",code="OK"\} (\d+)$/m.exec(text)?.[1];
    assert.ok(Number(count) >= 3, text);
  });
});
