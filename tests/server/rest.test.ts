// A pod that gets no calls costs next to nothing: on a small node a hundred wake-ups a second of each pod add up.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { wakeUpsAtRest } from '../support/wake-ups';
import { startServer } from './server-process';

/** Wake-ups per second: the timers of Node.js and V8, which are rare. Without scrapes the event loop is not looked at. */
const LIMIT = 2;

it('a server at rest wakes up twice a second at most', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux counts wake-ups');
  const { pid } = await startServer(t);
  const perSecond = await wakeUpsAtRest(pid, LIMIT);
  assert.ok(perSecond <= LIMIT, `${perSecond.toFixed(1)} wake-ups per second`);
});
