// The real grpc-server behind the real Envoy, and enough hostile calls for every "in a row" limit: no caller can take
// a pod away from the others. The last tests show that Envoy does eject a pod that breaks off its calls.
import assert from 'node:assert/strict';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import type { Attack } from '../server/attacks/attack';
import { headerAttacks } from '../server/attacks/headers';
import { messageAttacks } from '../server/attacks/messages';
import { framed, openSession, type RawCall, rawCall } from '../server/http2-call';
import { startServer } from '../server/server-process';
import { waitFor } from '../support/condition';
import { greeterStatistic, lookForEnvoy, MANIFESTS, type OneEnvoy, startOneEnvoy } from './support/one-envoy';

const NETWORK = '127.77.43';
const PODS = 2;
/** At least four for each pod; three in a row used to be enough to eject one. */
const CALLS = 4 * PODS;
const CHAT = '/greeter.v1.Greeter/Chat';
const hello = framed(Buffer.from('\x0a\x05hello'));

describe('callers behind the real Envoy', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  describe('cannot take a pod out', { skip }, () => {
    let envoy: OneEnvoy;
    const ends: (() => unknown)[] = [];

    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, NETWORK);
      for (let pod = 1; pod <= PODS; pod += 1) {
        await envoy.addServer(async (host, port) => {
          const addresses = {
            GRPC_HOST: host,
            GRPC_PORT: `${port}`,
            METRICS_HOST: host,
            POD_NAME: `grpc-server-${pod}`,
          };
          await startServer({ after: (end) => void ends.push(end as () => unknown) }, addresses);
          return { stop: () => {} };
        });
      }
    });
    after(async () => {
      await envoy?.close();
      for (const end of ends) await end();
    });

    async function assertNobodyEjected(): Promise<void> {
      const look = (name: string) => greeterStatistic(envoy.host, name);
      assert.equal(await look('outlier_detection_ejections_enforced_total'), 0, 'ejections');
      assert.equal(await look('outlier_detection_ejections_active'), 0, 'ejected now');
      assert.equal(await look('membership_healthy'), PODS, 'healthy');
    }

    /** The outcomes of calls that are all open at once; `silence` is an open call after `patienceMs`. */
    async function outcomesOf(call: RawCall, patienceMs: number): Promise<string[]> {
      const session = await openSession(MANIFESTS.envoy.ports.grpc ?? 0, envoy.host);
      const answers = await Promise.all(Array.from({ length: CALLS }, () => rawCall(session, call, patienceMs)));
      session.destroy();
      return [...new Set(answers.map(({ outcome }) => outcome))];
    }

    const calls: Record<string, RawCall> = {
      'a silent Chat': { path: CHAT, unfinished: true },
      'a Chat after its answer': { path: CHAT, body: hello, unfinished: true },
      'a SayHello without its message': { unfinished: true },
    };
    for (const timeout of ['1n', '0S', '20m', '300m']) {
      for (const [kind, call] of Object.entries(calls)) {
        it(`by ${kind} whose deadline passes after ${timeout}`, async () => {
          const outcomes = await outcomesOf({ ...call, headers: { 'grpc-timeout': timeout } }, 5000);
          assert.deepEqual(outcomes, ['DEADLINE_EXCEEDED']);
          await assertNobodyEjected();
        });
      }
    }

    // 2^31 ms are 24.86 days, 2^32 ms 49.71: 2147483S is just below the first, 4294968S just above the second.
    for (const timeout of ['2147483S', '2147484S', '597H', '2592000S', '35792M', '1193H', '4294968S', '99999999S']) {
      it(`by a deadline of ${timeout} that is kept, on every kind of call`, async () => {
        const headers = { 'grpc-timeout': timeout };
        const open = Object.values(calls).map((call) => outcomesOf({ ...call, headers }, 700));
        assert.deepEqual(await Promise.all(open), [['silence'], ['silence'], ['silence']]);
        assert.deepEqual(await outcomesOf({ headers, body: hello }, 5000), ['OK']);
        await assertNobodyEjected();
      });
    }

    const provoke = async (attack: Attack): Promise<void> => {
      const port = MANIFESTS.envoy.ports.grpc ?? 0;
      for (let call = 0; call < CALLS; call += 1) {
        const session = await openSession(port, envoy.host);
        await attack.run({ port, session: async () => session });
        session.destroy();
      }
    };
    for (const attack of [...messageAttacks, ...headerAttacks]) {
      it(`by a call that a server answers with ${attack.expected.join(' or ')}: ${attack.name}`, async () => {
        await provoke(attack);
        await assertNobodyEjected();
      });
    }

    it('although the pods answered those calls: Envoy counted many answers as failures', async () => {
      const detected = await greeterStatistic(envoy.host, 'outlier_detection_ejections_detected_consecutive_5xx');
      assert.ok(detected > 0, `${detected}`);
    });
  });

  describe('lose a pod', { skip }, () => {
    let envoy: OneEnvoy;
    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, '127.77.44');
      for (let pod = 1; pod <= PODS; pod += 1) await envoy.addServer(startBreakingPod);
    });
    after(async () => envoy?.close());

    it('that says SERVING and breaks off its calls', async () => {
      const session = await openSession(MANIFESTS.envoy.ports.grpc ?? 0, envoy.host);
      // At once: Envoy starts to count anew with each call that finds a connection.
      await Promise.all(Array.from({ length: CALLS }, () => rawCall(session, { path: CHAT, body: hello }, 5000)));
      session.destroy();
      const isEjected = async () =>
        (await greeterStatistic(envoy.host, 'outlier_detection_ejections_enforced_total')) > 0 || undefined;
      await waitFor('an ejection', 60_000, isEjected, 50);
    });
  });
});

/** Says SERVING to Envoy's health checks, and resets every other call. */
async function startBreakingPod(host: string, port: number): Promise<{ stop(): void }> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {
      // Node tells of each reset that is sent here.
    });
    if (headers[':path'] !== '/grpc.health.v1.Health/Check') return stream.close(2);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(framed(Buffer.of(0x08, 0x01)));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return {
    stop: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}
