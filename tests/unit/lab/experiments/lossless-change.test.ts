// scale-down, rollout and delete: one shape, each with its own event.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Experiment } from '../../../../lab/experiment';
import { deletePods } from '../../../../lab/experiments/delete';
import type { ChangeSizes } from '../../../../lab/experiments/lossless-change';
import { rollout } from '../../../../lab/experiments/rollout';
import { scaleDown } from '../../../../lab/experiments/scale-down';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES: ChangeSizes = { repetitions: 1, calls: 2000, ratePerSecond: 100 };
const CALLS = [
  ...steadyCalls({ load: 'with-retries', fromS: 0, toS: 30, rate: 100 }),
  ...steadyCalls({ load: 'without-retries', fromS: 40, toS: 70, rate: 100 }),
];
const COUNTED = ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'].flatMap((subject) => [
  at(-1, { kind: 'counters', subject, detail: { OK: 0 } }),
  at(71, { kind: 'counters', subject, detail: { OK: 2000 } }),
]);

interface Case {
  readonly experiment: Experiment<ChangeSizes>;
  /** A complete change that begins at `s` and lasts 12 s. */
  readonly event: (s: number) => readonly RunEvent[];
  readonly steps: readonly string[];
}

const CASES: readonly Case[] = [
  {
    experiment: scaleDown,
    event: (s) => [
      at(s, { kind: 'scale', subject: 'grpc-server', detail: { from: 6, to: 3 } }),
      at(s + 11, { kind: 'pod-gone', subject: 'grpc-server-4' }),
      at(s + 12, { kind: 'pod-gone', subject: 'grpc-server-5' }),
      at(s + 20, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 6 } }),
    ],
    steps: ['scale grpc-server 3', 'until-ready grpc-server 3'],
  },
  {
    experiment: rollout,
    event: (s) => [
      at(s, { kind: 'roll-start', subject: 'grpc-server' }),
      at(s + 12, { kind: 'roll-done', subject: 'grpc-server' }),
    ],
    steps: ['roll grpc-server', 'until-ready grpc-server 3'],
  },
  {
    experiment: deletePods,
    event: (s) => [
      at(s, { kind: 'signal', subject: `grpc-server-${s}`, detail: { signal: 'SIGTERM' } }),
      at(s + 12, { kind: 'pod-gone', subject: `grpc-server-${s}` }),
    ],
    steps: ['remove grpc-server-1', 'until-gone grpc-server-1', 'until-ready grpc-server 3', 'until-routed 3'],
  },
];

for (const { experiment, event, steps } of CASES) {
  describe(experiment.name, () => {
    const events = [...COUNTED, ...event(5), ...event(45)];
    const judgeRun = (calls: typeof CALLS, all: readonly RunEvent[], ids: readonly string[]) =>
      assertFails(experiment, runOf(experiment, SIZES, { calls, events: all }), ids);

    it('passes when nothing is lost', () => judgeRun(CALLS, events, []));

    it('fails by one call lost in either half', () => {
      judgeRun(withOneLost(CALLS, 'with-retries', 10), events, ['failed-with-retries']);
      judgeRun(withOneLost(CALLS, 'without-retries', 50), events, ['failed-without-retries']);
    });

    it('fails when there are too few calls', () => {
      const few = CALLS.filter(({ load, seq }) => load === 'with-retries' || seq % 2 === 0);
      judgeRun(few, events, ['calls']);
    });

    it('fails when the load pauses during the change, or the change was not seen', () => {
      judgeRun(
        changed(CALLS, [50, 51.5], () => undefined),
        events,
        ['load-overlaps'],
      );
      judgeRun(CALLS, [...COUNTED, ...event(5)], ['load-overlaps']);
    });

    it('fails when a call is sent again although retries are off', () => {
      judgeRun(
        changed(CALLS, [50, 50.01], () => ({ attempts: 2 })),
        events,
        ['attempts-without-retries'],
      );
    });

    it('claims the planned number of calls and no failures, at either size', () => {
      for (const sizes of [experiment.sizes.full, experiment.sizes.quick]) {
        const claims = new Map(experiment.claims(sizes, 'cluster').map(({ id, threshold }) => [id, threshold]));
        assert.deepEqual(claims.get('calls'), { atLeast: sizes.calls });
        assert.deepEqual(claims.get('failed-without-retries'), { equals: 0 });
      }
      assert.ok(experiment.sizes.full.calls >= 20_000);
    });

    it('makes the change under load, as shipped and again without any retry', async () => {
      const run = fakeRun();
      const { servers } = { servers: experiment === scaleDown ? 6 : 3 };
      await experiment.run(run.system, run.recorder, { ...SIZES, calls: 1 }, run.context);
      const secondSteps = steps.map((step) => step.replace(/server-1$/, 'server-2'));
      assert.deepEqual(run.log, [
        `settle ${servers} 2`,
        ...['phase with-retries', 'load with-retries', ...steps, 'stop with-retries'],
        ...['phase changing-settings', `scale grpc-server ${servers}`, `until-ready grpc-server ${servers}`],
        ...['envoys {"retries":false}', `until-routed ${servers}`],
        ...['phase without-retries', 'load without-retries', ...secondSteps, 'stop without-retries'],
      ]);
      assert.deepEqual(
        run.loads.map(({ env, target }) => [env?.RETRIES, target]),
        [
          ['true', 'envoys'],
          ['false', 'envoys'],
        ],
      );
    });
  });
}
