import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { type ClientReadableStream, credentials, makeClientConstructor, status } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { endOf, openStub, sayHello } from './honest-client';
import { until } from './scrape';
import { startServer } from './server-process';

type Watch = (request: object) => ClientReadableStream<{ readonly status: string }>;

const HealthClient = makeClientConstructor(service as never, 'grpc.health.v1.Health');

function openHealth(t: TestContext, port: number, userAgent = 'Envoy/HC') {
  const client = new HealthClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.primary_user_agent': userAgent,
  });
  t.after(() => client.close());
  type Answer = (error: Error | null, reply: never) => void;
  type Method = (request: object, options: { deadline: number }, callback: Answer) => void;
  const call = <Reply>(method: 'check' | 'list', request: object, withinMs = 10_000) =>
    new Promise<Reply>((resolve, reject) => {
      (client[method] as unknown as Method).call(
        client,
        request,
        { deadline: Date.now() + withinMs },
        (error, reply) => (error ? reject(error) : resolve(reply)),
      );
    });
  return {
    check: async (name: string, withinMs?: number) =>
      (await call<{ status: string }>('check', { service: name }, withinMs)).status,
    list: () => call<{ statuses: Record<string, { status: string }> }>('list', {}),
    watch: (name: string) => (client.watch as unknown as Watch).call(client, { service: name }),
  };
}

const NAMES = ['', 'greeter.v1.Greeter', 'liveness'] as const;

describe('the health of grpc-server', () => {
  it('is SERVING under each of its names, and NOT_FOUND under any other', async (t) => {
    const { grpcPort } = await startServer(t);
    const health = openHealth(t, grpcPort);
    for (const name of NAMES) assert.equal(await health.check(name), 'SERVING', name);
    for (const name of ['greeter', '__proto__']) await assert.rejects(health.check(name), { code: status.NOT_FOUND });
  });

  it('turns NOT_SERVING at SIGTERM while calls still succeed, and liveness stays', async (t) => {
    const server = await startServer(t, { DRAIN_DELAY_MS: '30000' });
    const health = openHealth(t, server.grpcPort);
    const stub = openStub(server.grpcPort);
    t.after(() => stub.close());
    const watched: string[] = [];
    const watch = health.watch('greeter.v1.Greeter');
    watch.on('data', (reply: { status: string }) => watched.push(reply.status));
    endOf(watch);
    await once(watch, 'data');

    server.signal('SIGTERM');
    await server.line('draining');
    assert.deepEqual(await Promise.all(NAMES.map((name) => health.check(name))), [
      'NOT_SERVING',
      'NOT_SERVING',
      'SERVING',
    ]);
    await until('the watcher gets the change', () => watched.length === 2);
    assert.deepEqual(watched, ['SERVING', 'NOT_SERVING']);
    for (let n = 0; n < 50; n += 1) await sayHello(stub, `late-${n}`);
    const { ok } = await fetch(`http://127.0.0.1:${server.metricsPort}/healthz`);
    assert(ok);
  });

  it('can leave the kubelet without an answer while it answers all others', async (t) => {
    const server = await startServer(t, { FAULT_HOST: '127.0.0.1', FAULT_PORT: '0' });
    const { grpcPort } = server;
    const { faultPort } = (await server.line('listening')) as unknown as { faultPort: number };
    const tell = async (faults: object) => {
      const { status: code } = await fetch(`http://127.0.0.1:${faultPort}/faults`, {
        method: 'PUT',
        body: JSON.stringify(faults),
      });
      assert.equal(code, 200);
    };
    const [kubelet, envoy] = [openHealth(t, grpcPort, 'kube-probe/1.35'), openHealth(t, grpcPort)];
    await tell({ failsProbes: true });
    for (const name of ['', 'greeter.v1.Greeter']) {
      await assert.rejects(kubelet.check(name, 300), { code: status.DEADLINE_EXCEEDED });
      assert.equal(await envoy.check(name), 'SERVING');
    }
    assert.equal(await kubelet.check('liveness'), 'SERVING', 'it must not be restarted');
    await tell({});
    assert.equal(await kubelet.check(''), 'SERVING');
  });

  it('says SERVICE_UNKNOWN to a watcher of another name, and keeps the stream', async (t) => {
    const { grpcPort } = await startServer(t);
    const watch = openHealth(t, grpcPort).watch('nobody');
    const ended = endOf(watch);
    const [reply] = await once(watch, 'data');
    assert.deepEqual(reply, { status: 'SERVICE_UNKNOWN' });
    watch.cancel();
    assert.equal((await ended).code, status.CANCELLED);
  });
});
