import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Pod, PodState } from '../../../local/pods/pod';
import { createServerFaults, type ServerFaults, SLOW_MS } from '../../../local/server-faults';

const pod = (name: string, state: PodState, address: string) => ({ name, state, address }) as Pod;

describe('createServerFaults()', () => {
  let pods: Pod[];
  let done: unknown[];
  let failure: Error | undefined;
  let faults: ServerFaults;
  const create = (isOwn: boolean) =>
    createServerFaults({
      servers: { pods: () => pods, signal: (name, signal) => void done.push([name, signal]) },
      isOwn,
      order: async (address, fault) => {
        if (failure) throw failure;
        done.push([address, fault]);
      },
    });

  beforeEach(() => {
    pods = [pod('grpc-server-1', 'ready', '127.0.0.11'), pod('grpc-server-2', 'draining', '127.0.0.12')];
    done = [];
    failure = undefined;
    faults = create(false);
  });

  it('hangs by signal, slows by order, and takes each back alone', async () => {
    assert.equal(await faults.toggle('slow', 'grpc-server-1'), true);
    assert.equal(await faults.toggle('not-serving', 'grpc-server-1'), true);
    assert.equal(faults.describe('grpc-server-1'), 'slow, NOT_SERVING');
    assert.equal(await faults.toggle('slow', 'grpc-server-1'), false);
    assert.equal(await faults.toggle('hang', 'grpc-server-1'), true);
    assert.equal(await faults.toggle('hang', 'grpc-server-1'), false);
    assert.deepEqual(done, [
      ['127.0.0.11', { delayMs: SLOW_MS }],
      ['127.0.0.11', { delayMs: SLOW_MS, notServing: true }],
      ['127.0.0.11', { notServing: true }],
      ['grpc-server-1', 'SIGSTOP'],
      ['grpc-server-1', 'SIGCONT'],
    ]);
  });

  it('is not on when the server did not take the order', async () => {
    failure = new Error('no answer');
    await assert.rejects(faults.toggle('slow', 'grpc-server-1'), /no answer/);
    assert.equal(faults.has('slow', 'grpc-server-1'), false);
    assert.equal(faults.describe('grpc-server-1'), undefined);
  });

  it('says why one is not possible', async () => {
    const why = (fault: Parameters<ServerFaults['whyNot']>[0], name: string) => faults.whyNot(fault, name);
    assert.equal(why('hang', 'grpc-server-1'), undefined);
    assert.match(why('hang', 'envoy-1') ?? '', /^envoy-1 is not a running server/);
    assert.match(why('slow', 'grpc-server-2') ?? '', /is draining: wait until it is ready/);
    await faults.toggle('hang', 'grpc-server-1');
    assert.match(why('slow', 'grpc-server-1') ?? '', /hangs: let it go on first/);
    assert.equal(why('hang', 'grpc-server-1'), undefined, 'so that it can be taken back');
    pods = [pod('grpc-server-1', 'unready', '127.0.0.11')];
    assert.equal(why('hang', 'grpc-server-1'), undefined);
    faults = create(true);
    pods = [pod('grpc-server-1', 'ready', '127.0.0.11')];
    assert.match(why('slow', 'grpc-server-1') ?? '', /no fault endpoint: only hang/);
    assert.equal(why('hang', 'grpc-server-1'), undefined);
  });
});
