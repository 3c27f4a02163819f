import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createPageModel, type PageModel, type Standing } from '../../../../local/page/page-model';
import type { PodState } from '../../../../local/pods/pod';

const STANDING: Standing = {
  ratePerSecond: 50,
  policy: 'ROUND_ROBIN',
  cannot: {},
  cannotOf: () => ({}),
  faultOf: () => undefined,
};

describe('createPageModel()', () => {
  let nowMs: number;
  let model: PageModel;
  const change = (pod: string, state: PodState, detail?: string) =>
    model.onPod({ atMs: nowMs, pod, address: '127.0.0.1', state, detail });
  const call = (pod: string, via = 'envoy-1', code = 'OK', attempts = 1) =>
    model.onCall('envoy', { seq: 1, intendedMs: nowMs, sentMs: nowMs, latencyMs: 0, code, pod, via, attempts });
  const host = (attempts: number, failedAttempts = 0, flags: string[] = []) => ({
    inFlight: 1,
    attempts,
    failedAttempts,
    flags,
  });

  beforeEach(() => {
    nowMs = 10_000_000;
    model = createPageModel({ serverDeployment: 'grpc-server', inDnsFromStart: true, now: () => nowMs });
  });

  it('marks the life of a pod with its times', () => {
    change('grpc-server-1', 'starting');
    nowMs += 600;
    change('grpc-server-1', 'ready');
    nowMs += 1400;
    call('grpc-server-1');
    call('grpc-server-1');
    change('grpc-server-1', 'died', 'killed by SIGKILL');
    assert.deepEqual(
      model.frame(STANDING, true).marks.map(({ kind, text }) => [kind, text]),
      [
        ['dns', 'grpc-server-1 starts, and DNS has its address'],
        ['ready', 'grpc-server-1 is ready, 0.6 s after its start'],
        ['first', 'grpc-server-1 answered its first call, 1.4 s after it was ready'],
        ['died', 'grpc-server-1 killed'],
      ],
    );
  });

  it('sends all at first, and then what is new', () => {
    change('grpc-server-1', 'ready');
    call('grpc-server-1');
    assert.equal(model.frame(STANDING, false).envoy.slots.length, 1);
    assert.deepEqual([model.frame(STANDING, false).envoy.slots, model.frame(STANDING, false).marks], [[], []]);
    const first = model.frame(STANDING, true);
    assert.deepEqual([first.envoy.slots.length, first.marks.length], [1, 2]);
    call('grpc-server-1');
    model.frame(STANDING, true);
    assert.equal(model.frame(STANDING, false).envoy.slots.length, 1, 'a first frame takes nothing from later ones');
  });

  it('adds up what Envoys count, also when a counter begins anew', () => {
    for (const pod of ['grpc-server-1', 'envoy-1', 'envoy-2']) change(pod, 'ready');
    model.onHosts('envoy-1', new Map([['grpc-server-1', host(10, 1)]]));
    model.onHosts('envoy-2', new Map([['grpc-server-1', host(7)]]));
    model.onHosts('envoy-1', new Map([['grpc-server-1', host(3, 2)]]));
    const { servers, envoys } = model.frame(STANDING, true);
    assert.deepEqual(
      [...servers, ...envoys].map(({ name, attempts, failed, inFlight }) => [name, attempts, failed, inFlight]),
      [
        ['grpc-server-1', 20, 2, 2],
        ['envoy-1', 13, 2, 1],
        ['envoy-2', 7, 0, 1],
      ],
    );
  });

  it('knows that a server gets no calls once every Envoy says so', () => {
    for (const pod of ['grpc-server-1', 'envoy-1', 'envoy-2']) change(pod, 'ready');
    const out = host(1, 0, ['failed_active_hc']);
    model.onHosts('envoy-1', new Map([['grpc-server-1', out]]));
    assert.equal(model.pods.isTakenOut('grpc-server-1'), false);
    model.onHosts('envoy-2', new Map([['grpc-server-1', host(1)]]));
    assert.equal(model.pods.isTakenOut('grpc-server-1'), false);
    model.onHosts('envoy-2', new Map([['grpc-server-1', out]]));
    assert.equal(model.pods.isTakenOut('grpc-server-1'), true);
  });

  it('gives a place of the palette again only when the chart does not show its pod any more', () => {
    change('grpc-server-1', 'ready');
    change('grpc-server-2', 'ready');
    change('grpc-server-1', 'gone');
    nowMs += 10_000;
    change('grpc-server-3', 'ready');
    assert.equal(model.frame(STANDING, true).servers.length, 2, 'the row of what is gone goes first');
    nowMs += 60_000;
    model.frame(STANDING, false);
    change('grpc-server-4', 'ready');
    assert.deepEqual(model.frame(STANDING, true).places, {
      'grpc-server-2': 1,
      'grpc-server-3': 2,
      'grpc-server-4': 0,
    });
  });
});
