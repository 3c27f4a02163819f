import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { PodState } from '../../../../local/pods/pod';
import { createLiveState, type LiveState } from '../../../../local/screen/live-state';

describe('createLiveState()', () => {
  let nowMs: number;
  let live: LiveState;
  let seq: number;

  beforeEach(() => {
    nowMs = 1_000_000;
    seq = 0;
    live = createLiveState({ serverDeployment: 'grpc-server', now: () => nowMs });
  });

  const change = (pod: string, state: PodState, detail?: string) =>
    live.onEvent({ atMs: nowMs, pod, address: '127.0.0.1', state, detail });
  const call = (pod: string, via = 'envoy-1', code = 'OK') =>
    live.onCall({ seq: ++seq, intendedMs: nowMs, sentMs: nowMs, latencyMs: 2, code, pod, via, attempts: 1 });

  /** `perSecond` calls a second for `seconds`, in turn over `pods`. */
  function run(seconds: number, perSecond: number, pods: readonly string[]): void {
    for (let n = 0; n < seconds * perSecond; n++) {
      nowMs += 1000 / perSecond;
      call(pods[n % pods.length] as string);
    }
  }

  it('has a row per pod with its calls, its share and its rate', () => {
    for (const pod of ['grpc-server-1', 'grpc-server-2', 'envoy-1']) change(pod, 'ready');
    run(10, 100, ['grpc-server-1', 'grpc-server-2']);
    const view = live.view();
    assert.deepEqual(
      view.servers.map(({ name, calls }) => [name, calls]),
      [
        ['grpc-server-1', 500],
        ['grpc-server-2', 500],
      ],
    );
    for (const row of view.servers) {
      assert.ok(Math.abs(row.share - 0.5) < 0.01);
      assert.ok(Math.abs(row.callsPerSecond - 50) < 3);
    }
    assert.deepEqual(
      view.envoys.map(({ name, calls, share }) => [name, calls, share]),
      [['envoy-1', 1000, 1]],
    );
    assert.ok(Math.abs(view.callsPerSecond - 100) < 5);
    assert.equal(view.ok, 1000);
    assert.equal(view.elapsedMs, 9990);
  });

  it('forgets what is older than a few seconds, so that a new pod is seen to take its share', () => {
    change('grpc-server-1', 'ready');
    run(60, 100, ['grpc-server-1']);
    change('grpc-server-2', 'ready');
    run(6, 100, ['grpc-server-1', 'grpc-server-2']);
    const [, second] = live.view().servers;
    assert.ok(Math.abs((second?.share ?? 0) - 0.5) < 0.01);
    assert.equal(second?.calls, 300);
  });

  it('looks further back where calls are few', () => {
    for (const pod of ['grpc-server-1', 'grpc-server-2', 'grpc-server-3']) change(pod, 'ready');
    run(300, 0.2, ['grpc-server-1', 'grpc-server-2', 'grpc-server-3']);
    const view = live.view();
    for (const row of view.servers) assert.ok(Math.abs(row.share - 1 / 3) < 0.02);
    assert.ok(Math.abs(view.callsPerSecond - 0.2) < 0.02);
  });

  it('counts failed calls, and adds them to no pod', () => {
    change('grpc-server-1', 'ready');
    call('grpc-server-1');
    call('', '', 'UNAVAILABLE');
    const view = live.view();
    assert.deepEqual([view.ok, view.failed], [1, 1]);
    assert.equal(view.servers[0]?.share, 1);
  });

  it('keeps the row of a leaving pod for a moment, then only its number of answers', () => {
    change('grpc-server-1', 'ready');
    run(1, 10, ['grpc-server-1']);
    change('grpc-server-1', 'gone');
    assert.deepEqual(
      live.view().servers.map((row) => row.label),
      ['gone'],
    );
    nowMs += 6000;
    assert.deepEqual(live.view().servers, []);
    assert.deepEqual(live.view().earlier, { pods: 1, calls: 10 });
  });

  it('distinguishes a killed pod from one that died by itself', () => {
    change('grpc-server-1', 'died', 'killed by SIGKILL\n  last words');
    change('grpc-server-2', 'died', 'exit code 1\n  last words');
    assert.deepEqual(
      live.view().servers.map((row) => row.label),
      ['killed', 'died'],
    );
    assert.deepEqual(
      live.view().events.map((event) => event.text),
      ['grpc-server-1 killed', 'grpc-server-2 died: exit code 1'],
    );
  });

  it('remembers which servers were ever ready', () => {
    change('grpc-server-1', 'ready');
    change('grpc-server-2', 'starting');
    change('grpc-server-1', 'gone');
    change('envoy-1', 'ready');
    assert.deepEqual(live.servers(), ['grpc-server-1']);
  });

  it('keeps the last events only', () => {
    for (let n = 1; n <= 20; n++) live.note(`event ${n}`);
    const events = live.view().events;
    assert.equal(events.length, 8);
    assert.equal(events.at(-1)?.text, 'event 20');
  });

  it('shows zeros before the first call', () => {
    change('grpc-server-1', 'ready');
    const view = live.view();
    assert.deepEqual([view.elapsedMs, view.callsPerSecond, view.ok, view.servers[0]?.share], [0, 0, 0, 0]);
  });

  describe('counts by Envoys', () => {
    const counted = (envoy: string, calls: number, answers: Readonly<Record<string, number>>) =>
      live.onCounts({ envoy, calls, attempts: calls, answers: new Map(Object.entries(answers)) });

    beforeEach(() => {
      for (const pod of ['grpc-server-1', 'grpc-server-2', 'envoy-1', 'envoy-2']) change(pod, 'ready');
    });

    it('add up per pod and per Envoy, and what no pod answered has failed', () => {
      counted('envoy-1', 50, { 'grpc-server-1': 25, 'grpc-server-2': 24 });
      nowMs += 500;
      counted('envoy-2', 30, { 'grpc-server-1': 15, 'grpc-server-2': 15 });
      nowMs += 500;
      const view = live.view();
      assert.deepEqual([view.ok, view.failed, view.latencyMs], [79, 1, undefined]);
      assert.deepEqual(
        [...view.servers, ...view.envoys].map(({ calls, share }) => [calls, Number(share.toFixed(3))]),
        [
          [40, 0.506],
          [39, 0.494],
          [49, 0.62],
          [30, 0.38],
        ],
      );
      assert.equal(view.callsPerSecond, 79);
      assert.equal(live.hasLedger, false);
    });

    it('never show a call as failed because its end was counted after its answer', () => {
      counted('envoy-1', 8, { 'grpc-server-1': 10 });
      assert.deepEqual([live.view().ok, live.view().failed], [10, 0]);
      counted('envoy-1', 3, { 'grpc-server-1': 0 });
      assert.deepEqual([live.view().ok, live.view().failed], [10, 1]);
    });

    it('do not begin the clock while there is nothing, and count nothing beside a ledger', () => {
      counted('envoy-1', 0, { 'grpc-server-1': 0 });
      nowMs += 3000;
      assert.equal(live.view().elapsedMs, 0);
      call('grpc-server-1');
      counted('envoy-1', 5, { 'grpc-server-1': 5 });
      assert.deepEqual([live.view().ok, live.hasLedger], [1, true]);
    });
  });
});
