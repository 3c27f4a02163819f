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
  let on: Set<string>;
  let whyNoFault: string | undefined;
  let isDetour: boolean;
  let whyNoDetour: string | undefined;
  let press: (key: string) => void;

  beforeEach(() => {
    done = [];
    notes = [];
    replicas = 3;
    pods = [pod('grpc-server-1', 'draining'), pod('grpc-server-2', 'ready'), pod('grpc-server-3', 'ready')];
    failure = undefined;
    on = new Set();
    whyNoFault = undefined;
    isDetour = false;
    whyNoDetour = undefined;
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
      faults: {
        has: (fault, name) => on.has(`${fault} ${name}`),
        whyNot: () => whyNoFault,
        toggle: async (fault, name) => {
          await act(`${fault} ${name}`);
          const key = `${fault} ${name}`;
          return on.delete(key) ? false : Boolean(on.add(key));
        },
      },
      detour: {
        get isOn() {
          return isDetour;
        },
        whyNot: () => whyNoDetour,
        turn: () => {
          isDetour = !isDetour;
          return act('turn');
        },
      },
      help: () => done.push('help'),
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

  it('h hangs a server and lets the same go on, s makes one slow', async () => {
    for (const key of ['h', 'h', 's']) {
      press(key);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(done, ['hang grpc-server-3', 'hang grpc-server-3', 'slow grpc-server-3']);
    assert.deepEqual(notes, [
      'grpc-server-3 hangs: h lets it go on',
      'grpc-server-3 goes on',
      'grpc-server-3 is slow: s makes it fast again',
    ]);
  });

  it('h and s say why not', () => {
    whyNoFault = 'it hangs';
    press('s');
    pods = [];
    press('h');
    assert.deepEqual([done, notes], [[], ['it hangs', 'no server is ready']]);
  });

  it('b takes the way without Envoy and comes back, or says why not', () => {
    press('b');
    press('b');
    whyNoDetour = 'there is a page';
    press('b');
    assert.deepEqual(done, ['turn', 'turn']);
    assert.match(notes[0] ?? '', /^without Envoy/);
    assert.deepEqual(notes.slice(1), ['through Envoy again', 'there is a page']);
  });

  it('? shows the help', () => {
    press('?');
    assert.deepEqual(done, ['help']);
  });

  it('notes what went wrong', async () => {
    failure = new Error('grpc-server-4 did not start: exit code 1\n  more');
    press('+');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(notes, ['grpc-server-4 did not start: exit code 1']);
  });
});
