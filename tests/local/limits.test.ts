// Each limit of docs/limits.md as its caller meets it: just below it the call is OK, above it grpc-js says what the page says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, constants } from 'node:http2';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';
import { waitFor } from '../support/condition';
import { lookForEnvoy, type OneEnvoy, startOneEnvoy } from './support/one-envoy';

const NETWORK = '127.77.46';
const PAGE = readFileSync(path.join(__dirname, '../../docs/limits.md'), 'utf8');
const SAY_HELLO = '/greeter.v1.Greeter/SayHello';
const RESET = 'INTERNAL: Received RST_STREAM with code 2 (Internal server error)';

describe('docs/limits.md in the real Envoy', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  describe('says what a caller gets', { skip }, () => {
    let envoy: OneEnvoy;
    let client: InstanceType<typeof Greeter>;
    const endings: (() => void)[] = [];
    let seen = new Metadata();

    const handlers: GreeterHandlers = {
      SayHello: (call, callback) => {
        seen = call.metadata;
        if (call.request.name === 'early') call.sendMetadata(new Metadata());
        if (call.request.name === 'now') callback(null, { message: '', pod: '' });
      },
      Chat: (stream) => void endings.push(() => stream.end()),
    };
    before(async () => {
      if ('reason' in found) return;
      envoy = await startOneEnvoy(found.envoy, NETWORK);
      await envoy.addPod(handlers);
      client = new Greeter(envoy.target, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
    });
    after(async () => {
      client?.close();
      await envoy?.close();
    });

    const call = (name: string, metadata = new Metadata(), deadlineMs?: number) =>
      new Promise<string>((resolve) => {
        const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
        const done = (error: ServiceError | null) =>
          resolve(error === null ? 'OK' : `${status[error.code]}: ${error.details}`);
        client.SayHello({ name }, metadata, options, done);
      });
    const keys = (entries: readonly (readonly [string, string])[]) => {
      const metadata = new Metadata();
      for (const [key, value] of entries) metadata.set(key, value);
      return metadata;
    };
    /** The page has the status and the text of `outcome`. */
    const assertOnPage = (outcome: string) => {
      const [name, ...details] = outcome.split(': ');
      assert.ok(PAGE.includes(`\`${name}\` ${details.join(': ')}`), outcome);
    };

    it('8 KB of metadata', async () => {
      assert.equal(await call('now', keys([['large', 'v'.repeat(7500)]])), 'OK');
      const outcome = await call('now', keys([['large', 'v'.repeat(8192)]]));
      assert.equal(outcome, RESET);
      assertOnPage(outcome);
    });

    it('64 headers', async () => {
      const many = (count: number) => keys(Array.from({ length: count }, (_, n) => [`key-${n}`, 'v'] as const));
      assert.equal(await call('now', many(54)), 'OK');
      assert.equal(await call('now', many(65)), RESET);
    });

    it('no limit on keys with an underscore: they reach the pod', async () => {
      assert.equal(await call('now', keys([['user_id', '1']])), 'OK');
      assert.deepEqual(seen.get('user_id'), ['1']);
    });

    it('100 calls at once on a connection: the others wait for them', async () => {
      const chats = Array.from({ length: 150 }, () => client.Chat());
      const ends = chats.map(
        (chat) => new Promise<number>((resolve) => chat.on('status', ({ code }) => resolve(code))),
      );
      for (const chat of chats) chat.resume();
      await waitFor('100 streams on the pod', 60_000, async () => endings.length >= 100 || undefined, 10);
      assert.match(await call('now', new Metadata(), 300), /^DEADLINE_EXCEEDED/);
      assert.equal(endings.length, 100);
      for (const end of endings) end();
      await waitFor('the others on the pod', 60_000, async () => endings.length >= 150 || undefined, 10);
      for (const end of endings) end();
      assert.deepEqual([...new Set(await Promise.all(ends))], [status.OK]);
    });

    it('10 s for SayHello, also after the headers came', async () => {
      const began = Date.now();
      const outcomes = await Promise.all([call('never'), call('never', new Metadata(), 60_000), call('early')]);
      assert.ok(Date.now() - began >= 9900, `${Date.now() - began} ms`);
      assert.deepEqual(outcomes.slice(0, 2), new Array(2).fill('DEADLINE_EXCEEDED: downstream duration timeout'));
      assert.equal(outcomes[2], RESET);
      for (const outcome of outcomes) assertOnPage(outcome);
    });

    it('1,000 resets at once on a connection, and 33 more each second: then it ends with all its calls', async () => {
      const session = connect(`http://${envoy.target}`);
      let resets = 0;
      let goaway: number | undefined;
      session.on('goaway', (code) => {
        goaway = code;
      });
      const ended = new Promise<void>((resolve) => session.on('error', () => {}).on('close', resolve));
      const began = Date.now();
      const resetOne = (): void => {
        if (resets >= 10_000) session.destroy();
        if (session.destroyed || session.closed) return;
        resets += 1;
        const stream = session.request({ ':method': 'POST', ':path': SAY_HELLO, 'content-type': 'application/grpc' });
        stream.on('error', () => {});
        // Once it is on its way: a stream that never left would not be reset.
        setImmediate(() => {
          stream.close(constants.NGHTTP2_CANCEL);
          setImmediate(resetOne);
        });
      };
      session.on('connect', resetOne);
      await ended;
      assert.equal(goaway, constants.NGHTTP2_INTERNAL_ERROR);
      // What was on its way when Envoy had had enough comes on top.
      const allowed = 1000 + (33 * (Date.now() - began)) / 1000;
      assert.ok(resets >= 1000 && resets < allowed + 1000, `${resets} resets, ${Math.round(allowed)} allowed`);
      assert.equal(await call('now'), 'OK');
    });

    it('methods without a route', async () => {
      const outcome = await new Promise<ServiceError | null>((resolve) => {
        const same = (bytes: Buffer) => bytes;
        client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), resolve);
      });
      assert.equal(outcome?.code, status.UNIMPLEMENTED);
    });
  });
});
