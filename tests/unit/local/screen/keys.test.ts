import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Pod, PodState } from '../../../../local/pods/pod';
import { handleKeys } from '../../../../local/screen/keys';

const pod = (name: string, state: PodState) => ({ name, state }) as Pod;

describe('handleKeys()', () => {
  let done: string[];
  let notes: string[];
  let replicas: number;
  let pods: Pod[];
  let failure: Error | undefined;
  let press: (key: string) => void;

  beforeEach(() => {
    done = [];
    notes = [];
    replicas = 3;
    pods = [pod('grpc-server-1', 'draining'), pod('grpc-server-2', 'ready'), pod('grpc-server-3', 'ready')];
    failure = undefined;
    const act = async (what: string) => {
      done.push(what);
      if (failure) throw failure;
    };
    press = handleKeys({
      maxServers: 50,
      servers: {
        get replicas() {
          return replicas;
        },
        pods: () => pods,
        scale: (count) => {
          replicas = count;
          return act(`scale ${count}`);
        },
        kill: (name) => act(`kill ${name}`),
        roll: () => act('roll'),
      },
      quit: () => done.push('quit'),
      note: (text) => notes.push(text),
      random: () => 0.99,
    });
  });

  it('+ and - change the number of servers by one', () => {
    for (const key of ['+', '=', '-']) press(key);
    assert.deepEqual(done, ['scale 4', 'scale 5', 'scale 4']);
  });

  it('- keeps the last server', () => {
    replicas = 1;
    press('-');
    assert.deepEqual([done, notes], [[], ['the last server stays']]);
  });

  it('+ stops at the most servers there can be', () => {
    replicas = 50;
    press('+');
    assert.deepEqual([done, notes], [[], ['no more than 50 servers']]);
  });

  it('k kills a server that is ready', () => {
    press('k');
    assert.deepEqual(done, ['kill grpc-server-3']);
  });

  it('k kills no server when none is ready', () => {
    pods = [pod('grpc-server-1', 'starting')];
    press('K');
    assert.deepEqual([done, notes], [[], ['no server is ready, so none is killed']]);
  });

  it('r rolls, q and Ctrl-C quit, others do nothing', () => {
    for (const key of ['r', 'q', 'ctrl-c', 'x', ' ', 'constructor']) press(key);
    assert.deepEqual(done, ['roll', 'quit', 'quit']);
  });

  it('notes what went wrong', async () => {
    failure = new Error('grpc-server-4 did not start: exit code 1\n  more');
    press('+');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(notes, ['grpc-server-4 did not start: exit code 1']);
  });
});
