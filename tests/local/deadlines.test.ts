// A call past its deadline is DEADLINE_EXCEEDED each time, whichever of the three timers comes first: the client's, the
// server's, or Envoy's, which after the headers of an answer could only reset the call.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';
import { lookForEnvoy, type OneEnvoy, startOneEnvoy } from './support/one-envoy';

const NETWORK = '127.77.45';
const CALLS = 300;
const AT_ONCE = 30;
const DEADLINE_MS = 250;
/** Calls begin one after another, so that their timers do not all fire in one turn of the event loop. */
const APART_MS = 7;

/** Answers each message of Chat, but never ends it; never answers SayHello. */
const PATIENT: GreeterHandlers = {
  SayHello: () => {},
  Chat: (stream) => void stream.on('data', () => stream.write({ message: '', pod: '' })),
};

describe('past its deadline', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  describe('a call behind the real Envoy is DEADLINE_EXCEEDED each time', { skip }, () => {
    let envoy: OneEnvoy;
    let client: InstanceType<typeof Greeter>;
    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, NETWORK);
      for (let pod = 1; pod <= 2; pod += 1) await envoy.addPod(PATIENT);
      client = new Greeter(envoy.target, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
    });
    after(async () => {
      client?.close();
      await envoy?.close();
    });

    const options = () => ({ deadline: Date.now() + DEADLINE_MS });
    const sayHello = () =>
      new Promise<Pick<ServiceError, 'code' | 'details'>>((resolve) => {
        client.SayHello({ name: 'x' }, options(), (error) => resolve(error ?? { code: status.OK, details: '' }));
      });
    const chat = (isSilent: boolean) =>
      new Promise<StatusObject>((resolve) => {
        const stream = client.Chat(options());
        stream.on('error', () => {
          // 'status' says the same.
        });
        stream.on('status', resolve);
        stream.resume();
        if (!isSilent) stream.write({ name: 'x' });
      });

    const kinds = {
      SayHello: sayHello,
      'a silent Chat': () => chat(true),
      'a Chat after an answer': () => chat(false),
    };
    for (const [kind, call] of Object.entries(kinds)) {
      it(`${kind}, of ${CALLS}`, async () => {
        const ends: Record<string, number> = {};
        for (let begun = 0; begun < CALLS; begun += AT_ONCE) {
          const later = Array.from({ length: AT_ONCE }, async (_, n) => {
            await new Promise((resolve) => setTimeout(resolve, n * APART_MS));
            return call();
          });
          for (const { code, details } of await Promise.all(later)) {
            const name = code === status.DEADLINE_EXCEEDED ? 'DEADLINE_EXCEEDED' : `${status[code]}: ${details}`;
            ends[name] = (ends[name] ?? 0) + 1;
          }
        }
        assert.deepEqual(ends, { DEADLINE_EXCEEDED: CALLS });
      });
    }
  });
});
