import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ClientOptions, ClientProcess } from '../../../local/pods/client-process';
import type { ExitStatus } from '../../../local/pods/process';
import { startSteadyLoad } from '../../../local/steady-load';
import type { Variables } from '../../../manifest-reader/pod-manifest';

const CALL = { seq: 1, intendedMs: 0, sentMs: 0, latencyMs: 1, code: 'OK', pod: 'a', via: 'b', attempts: 1 };

describe('startSteadyLoad()', () => {
  let said: string[];
  let clients: { name: string; env: Variables; call(): void; die(): void }[];
  const stack = {
    startClient: async ({ name = `client-${clients.length + 1}`, env = {}, onCall }: ClientOptions = {}) => {
      said.push(`start ${name}`);
      let end: (exit: ExitStatus) => void = () => {};
      const exited = new Promise<ExitStatus>((resolve) => {
        end = resolve;
      });
      clients.push({ name, env, call: () => onCall?.(CALL), die: () => end({ code: 1, signal: null }) });
      const stop = async () => {
        said.push(`stop ${name}`);
        end({ code: 0, signal: null });
        return exited;
      };
      const summary = () => ({ behindSchedule: 2, neverSent: 1 });
      return { name, exited, stop, summary } as unknown as ClientProcess;
    },
  };
  const start = (env: Variables, name?: string) =>
    startSteadyLoad({ stack, onCall: () => said.push('call'), onLog: () => {}, ...(name && { name }) }, env);
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    said = [];
    clients = [];
  });

  it('goes on with the next client before the one before it stops', async () => {
    const load = await start({ RATE: '50' });
    const changed = load.change({ RATE: '100' });
    await turn();
    assert.deepEqual(said, ['start client-1', 'start client-2']);
    clients[1]?.call();
    await changed;
    assert.deepEqual(said, ['start client-1', 'start client-2', 'call', 'stop client-1']);
    assert.deepEqual([load.client.name, clients[1]?.env], ['client-2', { RATE: '100' }]);
    assert.deepEqual(load.lateness(), { behindSchedule: 4, neverSent: 2 });
  });

  it('makes changes one after the other, and names its clients', async () => {
    const load = await start({}, 'lane');
    const all = Promise.all([load.change({}), load.change({})]);
    await turn();
    clients[1]?.call();
    await turn();
    await turn();
    clients[2]?.call();
    await all;
    assert.deepEqual(
      clients.map(({ name }) => name),
      ['lane', 'lane-2', 'lane-3'],
    );
    assert.deepEqual(
      said.filter((word) => word !== 'call'),
      ['start lane', 'start lane-2', 'stop lane', 'start lane-3', 'stop lane-2'],
    );
  });

  it('reports the death of the client that calls, and not the end of one that was replaced', async () => {
    const load = await start({});
    let hasDied = false;
    void load.died.then(() => {
      hasDied = true;
    });
    const changed = load.change({});
    await turn();
    clients[1]?.call();
    await changed;
    await turn();
    assert.equal(hasDied, false);
    clients[1]?.die();
    await turn();
    assert.equal(hasDied, true);
  });
});
