// Streams without messages, through the real Envoy to a server that is as strict with pings as those of Go, Python
// and Java. Ours is not, so nothing else here would show that a configuration which people copy kills their streams.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { credentials } from '@grpc/grpc-js';
import { Greeter } from '../../proto/load';
import { delay } from '../../runtime/lifecycle';
import { lookForEnvoy, startOneEnvoy } from './support/one-envoy';
import { type StrictServer, startStrictServer } from './support/strict-server';

const NETWORK = '127.77.146';
/** Longer than three intervals of a keepalive that would matter: what Envoy's examples have is 5 s and less. */
const QUIET_MS = 18_000;

describe('a quiet stream', async () => {
  const found = await lookForEnvoy();

  it('stays on a server that counts pings', { skip: 'reason' in found && found.reason, timeout: 90_000 }, async () => {
    if ('reason' in found) return;
    const envoy = await startOneEnvoy(found.envoy, NETWORK);
    const client = new Greeter(envoy.target, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
    try {
      let server: StrictServer | undefined;
      await envoy.addServer(async (host, port) => {
        server = await startStrictServer(host, port);
        return server;
      });
      const stream = client.Chat();
      const broken = new Promise<never>((_, reject) => stream.on('error', reject));
      const ask = () => {
        const answered = new Promise<void>((resolve) => stream.once('data', () => resolve()));
        stream.write({ name: 'is anybody there?' });
        return Promise.race([answered, broken]);
      };
      await ask();
      await Promise.race([delay(QUIET_MS, new AbortController().signal), broken]);
      await ask();
      assert.equal(server?.pings(), 0, `pings in ${QUIET_MS / 1000} s`);
      assert.equal(server?.ended, 0);
      stream.end();
    } finally {
      client.close();
      await envoy.close();
    }
  });
});
