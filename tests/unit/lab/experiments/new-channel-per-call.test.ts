import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newChannelPerCall } from '../../../../lab/experiments/new-channel-per-call';
import type { Call } from '../../../../lab/records/call';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, runOf, SERVERS, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { blocks: 2, ratePerSecond: 100, measureMs: 3000 };
const ORDER = ['one-channel-1', 'channel-per-call-1', 'channel-per-call-2', 'one-channel-2'];
const LOADS = [...ORDER, ...ORDER.map((name) => name.replace('-2', '-4').replace('-1', '-3'))];
const fromS = (load: string) => LOADS.indexOf(load) * 10;
const isOne = (load: string) => load.startsWith('one');

/** 300 calls between the readings of each run: 0.5 ms of CPU and 2 ms each, or 2 ms and 6 ms. */
const CALLS = LOADS.flatMap((load) =>
  steadyCalls({
    load,
    fromS: fromS(load),
    toS: fromS(load) + 5,
    rate: 100,
    latencyMs: isOne(load) ? 2 : 6,
    pods: isOne(load) ? ['grpc-server-1'] : SERVERS,
  }),
);
const READINGS = LOADS.flatMap((load): RunEvent[] =>
  [0, isOne(load) ? 0.15 : 0.6].map((used, index) =>
    at(fromS(load) + 1.5 + index * 3, {
      kind: 'resources',
      subject: load,
      detail: { residentBytes: 1, cpuSeconds: 0.3 + used },
    }),
  ),
);
const EVENTS = [...SERVERS.map((subject) => at(-1, { kind: 'pod-ready', subject })), ...READINGS];
const judged = (calls: readonly Call[], events: readonly RunEvent[] = EVENTS) =>
  runOf(newChannelPerCall, SIZES, { calls, events });

describe('new-channel-per-call', () => {
  it('passes, and says what a channel per call costs', () => {
    assertFails(newChannelPerCall, judged(CALLS), []);
    const measured = new Map(newChannelPerCall.evaluate(judged(CALLS)).map(({ id, measured }) => [id, measured]));
    const about = (id: string, value: number) =>
      assert.ok(Math.abs((measured.get(id) ?? 0) - value) < 1e-6, `${id} ${measured.get(id)}`);
    about('latency-one-channel', 2);
    about('latency-channel-per-call', 6);
    about('latency-ratio', 3);
    about('cpu-one-channel', 0.5);
    about('cpu-channel-per-call', 2);
    about('cpu-ratio', 4);
    about('jain-one-channel', 1 / 3);
    about('jain-channel-per-call', 1);
  });

  it('fails when the backend does not say how much CPU was used', () => {
    const events = EVENTS.map((event) =>
      event.kind === 'resources' ? { ...event, detail: { residentBytes: 1 } } : event,
    );
    assertFails(newChannelPerCall, judged(CALLS, events), ['cpu-one-channel', 'cpu-channel-per-call', 'cpu-ratio']);
  });

  it('fails when a channel per call does not reach every pod', () => {
    const calls = CALLS.map((call) => (call.load === 'channel-per-call-3' ? { ...call, pod: 'grpc-server-1' } : call));
    assertFails(newChannelPerCall, judged(calls), ['reaches-all']);
  });

  it('fails by one call lost, by calls that were not made, by a run that was not measured', () => {
    assertFails(newChannelPerCall, judged(withOneLost(CALLS, 'channel-per-call-2', fromS('channel-per-call-2') + 2)), [
      'failed',
    ]);
    assertFails(newChannelPerCall, judged(CALLS.filter(({ load, seq }) => load !== 'one-channel-1' || seq % 5 > 0)), [
      'calls',
    ]);
    const events = EVENTS.filter(({ subject }) => subject !== 'one-channel-4');
    assertFails(newChannelPerCall, judged(CALLS, events), ['runs']);
  });

  it('takes turns, each variant twice in a block', async () => {
    const { system, recorder, context, loads } = fakeRun();
    await newChannelPerCall.run(system, recorder, SIZES, context);
    assert.deepEqual(loads.map(({ name }) => name).sort(), [...LOADS].sort());
    for (const { name, env, target } of loads) {
      assert.equal(env?.NEW_CHANNEL_PER_CALL, String(!isOne(name)));
      assert.equal(target, 'server-service');
    }
    const kinds = loads.map(({ name }) => isOne(name));
    for (const block of [kinds.slice(0, 4), kinds.slice(4)]) {
      assert.deepEqual(block, block.toReversed());
      assert.equal(block[0], !block[1]);
    }
  });
});
