// How often a method is executed behind the real Envoy when a pod is slow, and when one dies with calls on it: one that
// the contract calls idempotent is asked again, every other one is executed once, whatever kind of method it is.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';
import { waitFor } from '../support/condition';
import { lookForEnvoy, type OneEnvoy, startOneEnvoy } from './support/one-envoy';
import { Executions, OrderClient, orderService } from './support/order-service';

const NETWORK = '127.77.42';
const PODS = 3;
/** Longer than per_try_timeout, so that hedging has its say. */
const SLOW_MS = 3000;
/** Longer than the 10 s that a call of SayHello may take. */
const LONG_MS = 11_000;

describe('a call behind the real Envoy', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  describe('is executed', { skip }, () => {
    let envoy: OneEnvoy;
    let greeter: InstanceType<typeof Greeter>;
    let orders: OrderClient;
    const executions = new Executions();
    const takesMs = (request: string) => (request.startsWith('long') ? LONG_MS : SLOW_MS);
    const stops: (() => void)[] = [];

    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, NETWORK);
      for (let pod = 1; pod <= PODS; pod += 1) await addPod();
      const options = { 'grpc.enable_retries': 0 };
      greeter = new Greeter(envoy.target, credentials.createInsecure(), options);
      orders = new OrderClient(envoy.target, credentials.createInsecure(), options);
    });
    after(async () => {
      greeter?.close();
      orders?.close();
      await envoy?.close();
    });

    async function addPod(): Promise<void> {
      const handlers: GreeterHandlers = {
        SayHello: ({ request }, callback) => {
          executions.count(request.name);
          setTimeout(() => callback(null, { message: '', pod: '' }), takesMs(request.name));
        },
        Chat: (stream) => {
          stream.on('data', ({ name }: { name: string }) => {
            executions.count(name);
            setTimeout(() => {
              stream.write({ message: '', pod: '' });
              stream.end();
            }, takesMs(name));
          });
        },
      };
      const { stop } = await envoy.addPod(handlers, orderService(executions, takesMs));
      stops.push(stop);
    }

    const sayHello = (name: string) =>
      new Promise<ServiceError | null>((resolve) => greeter.SayHello({ name }, (error) => resolve(error)));
    const chat = (name: string) =>
      new Promise<ServiceError | null>((resolve) => {
        const stream = greeter.Chat();
        stream.on('error', (error: ServiceError) => resolve(error));
        stream.on('end', () => resolve(null));
        stream.resume();
        stream.write({ name });
      });
    const kinds = {
      'unary call of another method': (name: string) => orders.createOrder(name),
      'server stream of another method': (name: string) => orders.watchOrders(name),
      'stream of Chat': chat,
    };

    it('twice by a slow pod where the method is idempotent: the first answer wins', async () => {
      assert.equal(await sayHello('slow hello'), null);
      assert.equal(executions.of('slow hello'), 2);
    });

    for (const [kind, call] of Object.entries(kinds)) {
      it(`once by a slow pod, and answered: ${kind}`, async () => {
        const names = ['slow 1', 'slow 2', 'slow 3'].map((name) => `${name}, ${kind}`);
        assert.deepEqual(await Promise.all(names.map(call)), [null, null, null]);
        const counts = names.map((name) => executions.of(name));
        assert.deepEqual(counts, [1, 1, 1]);
      });
    }

    it('to its end however long it takes when the caller sets no deadline', async () => {
      const ends = await Promise.all(Object.entries(kinds).map(([kind, call]) => call(`long ${kind}`)));
      assert.deepEqual(ends, [null, null, null]);
      for (const kind of Object.keys(kinds)) assert.equal(executions.of(`long ${kind}`), 1, kind);
    });

    it('again when its pod dies, where the method is idempotent, and never again where it is not', async () => {
      const asked = [
        ...[1, 2, 3].map((n) => ({ name: `lost hello ${n}`, call: sayHello })),
        ...Object.entries(kinds).flatMap(([kind, call]) => [1, 2, 3].map((n) => ({ name: `lost ${kind} ${n}`, call }))),
      ];
      const ends = asked.map(({ name, call }) => call(name));
      const isExecuted = () => asked.every(({ name }) => executions.of(name) > 0) || undefined;
      await waitFor('every call is on a pod', 60_000, isExecuted, 10);
      stops[0]?.();
      const errors = await Promise.all(ends);
      const results = asked.map(({ name }, n) => ({ name, error: errors[n], executed: executions.of(name) }));
      const hellos = results.filter(({ name }) => name.startsWith('lost hello'));
      for (const { name, error } of hellos) assert.equal(error, null, name);
      assert.ok(
        hellos.some(({ executed }) => executed >= 2),
        'the pod that died had one of them',
      );
      const others = results.filter((result) => !hellos.includes(result));
      for (const { name, executed } of others) assert.equal(executed, 1, name);
      const lost = others.filter(({ error }) => error !== null);
      assert.ok(lost.length > 0, 'the pod that died had some of them');
      for (const { name, error } of lost) {
        assert.ok(error?.code === status.UNAVAILABLE || error?.code === status.INTERNAL, `${name}: ${error}`);
      }
    });
  });
});
