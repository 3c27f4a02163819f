// crash and envoy-crash: kills with calls in flight.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crash } from '../../../../lab/experiments/crash';
import { envoyCrash } from '../../../../lab/experiments/envoy-crash';
import type { Call } from '../../../../lab/records/call';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, LOST, runOf, steadyCalls, withOneLost } from './judged-runs';

const KILLS = [10, 20];
const SIZES = { repetitions: 2, calls: 2000, ratePerSecond: 100, workMs: 400 };
/** 400 ms each, so 40 in flight; of those sent in the 0.1 s before a kill, all are asked again. */
const CALLS = KILLS.reduce<Call[]>(
  (calls, s) => changed(calls, [s - 0.1, s], () => ({ attempts: 2 })),
  steadyCalls({ load: 'steady', fromS: 0, toS: 30, rate: 100, latencyMs: 400 }),
);
const EVENTS = [
  ...KILLS.map((s) => at(s, { kind: 'signal', subject: `grpc-server-${s}`, detail: { signal: 'SIGKILL' } })),
  at(-1, { kind: 'counters', subject: 'grpc-server-1', detail: { OK: 0 } }),
  at(31, { kind: 'counters', subject: 'grpc-server-1', detail: { OK: 1100 } }),
];

for (const experiment of [crash, envoyCrash]) {
  describe(experiment.name, () => {
    const good = runOf(experiment, SIZES, { calls: CALLS, events: EVENTS });
    const attempts = experiment === crash ? ['attempts'] : [];
    const inFlight = experiment === crash ? ['in-flight'] : [];

    it('passes when calls in flight are sent again and succeed', () => assertFails(experiment, good, []));

    it('fails by one lost call', () => {
      assertFails(experiment, { ...good, calls: withOneLost(CALLS, 'steady', 15) }, ['failed']);
    });

    it('fails when there are too few calls, or not there at a kill, or a kill was not seen', () => {
      assertFails(experiment, { ...good, calls: CALLS.filter(({ seq }) => seq % 2 === 0) }, ['calls']);
      const pausing = changed(CALLS, [20, 21.2], () => undefined);
      assertFails(experiment, { ...good, calls: pausing }, ['load-overlaps']);
      const events = EVENTS.filter(({ subject }) => subject !== 'grpc-server-20');
      assertFails(experiment, { ...good, events }, ['load-overlaps']);
    });

    it('fails when a kill met no call', () => {
      const calls = changed(CALLS, [19.5, 20], () => ({ attempts: 1 }));
      assertFails(experiment, { ...good, calls }, ['interrupted']);
    });

    it('asks for calls in flight, and for few attempts, of servers only', () => {
      const quick = changed(CALLS, [0, 19.8], () => ({ latencyMs: 120 }));
      assertFails(experiment, { ...good, calls: quick }, inFlight);
      const busy = changed(CALLS, [0, 3], () => ({ attempts: 2 }));
      assertFails(experiment, { ...good, calls: busy }, attempts);
    });

    it('loses the calls in flight without retries', () => {
      const calls = KILLS.reduce<Call[]>(
        (all, s) => changed(all, [s - 0.1, s], () => ({ ...LOST, attempts: 1 })),
        CALLS,
      );
      assertFails(experiment, { ...good, calls }, experiment.mutations[0]?.mustFail ?? []);
    });
  });
}

describe('crash.run()', () => {
  it('makes calls slow, kills each pod once at most, and rolls when all that are left were killed', async () => {
    const run = fakeRun();
    // A cluster: the container restarts in the same pod.
    const system = { ...run.system, crash: async (pod: string) => void (run.log as string[]).push(`crash ${pod}`) };
    await crash.run(system, run.recorder, { ...SIZES, repetitions: 4, calls: 1 }, run.context);
    const killed = run.log.filter((line) => line.startsWith('crash'));
    assert.equal(new Set(killed).size, 4);
    assert.equal(run.log.filter((line) => line === 'roll grpc-server').length, 1);
    const lastKill = run.log.lastIndexOf(killed[3] as string);
    const slowed = run.log.slice(0, lastKill).filter((line) => line.startsWith('fault'));
    assert.ok(slowed.includes(`fault ${killed[3]?.slice('crash '.length)} {"delayMs":400}`), slowed.join());
    // The restarted container has forgotten its fault, and is given it again.
    const first = `fault ${killed[0]?.slice('crash '.length)} {"delayMs":400}`;
    assert.equal(slowed.filter((line) => line === first).length, 2);
  });
});

describe('envoyCrash.run()', () => {
  it('kills the oldest Envoy each time', async () => {
    const { system, recorder, context, log } = fakeRun();
    await envoyCrash.run(system, recorder, { ...SIZES, repetitions: 3, calls: 1 }, context);
    assert.deepEqual(
      log.filter((line) => line.startsWith('crash')),
      ['crash envoy-1', 'crash envoy-2', 'crash envoy-3'],
    );
  });
});
