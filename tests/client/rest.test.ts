// The client between two of its calls: what keeps it ready for the next one, and nothing else.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wakeUpsAtRest } from '../support/wake-ups';
import { startClient } from './client-process';
import { GreeterServer } from './greeter-server';

/**
 * Wake-ups per second: two looks at the channel, and a ping every two seconds (client/channel.ts) with its answer; thrice
 * that, for what a busy machine adds.
 */
const LIMIT = 10;

it('a client between two calls wakes up ten times a second at most', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux counts wake-ups');
  const server = await GreeterServer.start(t);
  const address = { GRPC_SERVER_DOMAIN: server.host, GRPC_SERVER_PORT: `${server.port}` };
  const client = startClient(t, { ...address, INTERVAL_MS: '600000' });
  await client.until('the first reply', () => client.received.length > 0);
  const perSecond = await wakeUpsAtRest(client.pid, LIMIT);
  assert.ok(perSecond <= LIMIT, `${perSecond.toFixed(1)} wake-ups per second`);
});
