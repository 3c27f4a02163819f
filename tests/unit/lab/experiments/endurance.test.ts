import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endurance } from '../../../../lab/experiments/endurance';
import type { RunEvent } from '../../../../lab/records/event';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import { CHAOS, chaosOrder, disturb } from '../../../../lab/steps/chaos';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { minutes: 3, ratePerSecond: 20, warmUpMs: 30_000 };
const CALLS = steadyCalls({ load: 'steady', fromS: 0, toS: 240, rate: 20 });
/** Readings each 2 s; memory grows by `mb` MB a minute and descriptors by `fds`, after a warm-up of 20 MB. */
function events({ mb = 0.5, fds = 0, disturbances = 12 } = {}): RunEvent[] {
  const readings = Array.from({ length: 115 }, (_, index) => index * 2).flatMap((s) =>
    ['envoy-1', 'steady'].map((subject, process) => {
      const minutes = Math.max(0, s - 30) / 60;
      const warming = Math.min(s, 30) / 1.5;
      // Collected every 50 s or so, down to a third.
      const saw = process * Math.min(40, 4 * (s % 52));
      const residentBytes = 1e6 * (50 + warming + saw + process * mb * minutes + (s % 4));
      return at(s, { kind: 'resources', subject, detail: { residentBytes, openDescriptors: 30 + fds * minutes } });
    }),
  );
  const steps = Array.from({ length: disturbances }, (_, index) =>
    at(31 + index * 15, { kind: 'note', detail: { text: CHAOS[index % CHAOS.length] as string } }),
  );
  const phases = [at(-1, { kind: 'phase', subject: 'warm-up' }), at(30, { kind: 'phase', subject: 'chaos' })];
  return [...phases, ...steps, ...readings, at(225, { kind: 'phase', subject: 'calm' })];
}
const good = runOf(endurance, SIZES, { calls: CALLS, events: events() });

describe('endurance', () => {
  it('passes when nothing is lost and nothing grows', () => assertFails(endurance, good, []));

  it('fails by a lost call, too few calls, and a load that is not there', () => {
    assertFails(endurance, { ...good, calls: withOneLost(CALLS, 'steady', 100) }, ['failed']);
    assertFails(endurance, { ...good, calls: CALLS.filter(({ seq }) => seq % 3 > 0) }, ['calls']);
    assertFails(endurance, { ...good, calls: changed(CALLS, [90, 91.2], () => undefined) }, ['load-overlaps']);
  });

  it('fails when one process grows, in memory or in descriptors', () => {
    assertFails(endurance, { ...good, events: events({ mb: 1.2 }) }, ['memory']);
    assertFails(endurance, { ...good, events: events({ fds: 2 }) }, ['descriptors']);
  });

  it('measures no trend without readings', () => {
    const silent = events().filter(({ kind }) => kind !== 'resources');
    assertFails(endurance, { ...good, events: silent }, ['memory', 'descriptors']);
  });

  it('fails when too little happened', () => {
    assertFails(endurance, { ...good, events: events({ disturbances: 8 }) }, ['disturbances']);
  });

  it('promises no trend of a single minute', () => {
    const thresholds = (minutes: number) =>
      endurance
        .claims({ ...SIZES, minutes }, 'local')
        .filter(({ id }) => ['memory', 'descriptors', 'disturbances'].includes(id))
        .map(({ threshold }) => threshold);
    assert.deepEqual(thresholds(1), [{ reported: true }, { reported: true }, { atLeast: 3 }]);
    assert.deepEqual(thresholds(10), [{ atMost: 1 }, { atMost: 1 }, { atLeast: 30 }]);
  });

  it('disturbs until the time is over, and records each step', async () => {
    const { system, recorder, context, log } = fakeRun();
    await endurance.run(system, recorder, { ...SIZES, minutes: 0 }, context);
    assert.deepEqual(log.slice(0, 4), ['settle 3 2', 'phase warm-up', 'load steady', 'phase chaos']);
    assert.match(log[4] ?? '', /^note /);
    assert.deepEqual(log.slice(-3), ['phase calm', 'until-ready grpc-server 3', 'stop steady']);
  });
});

describe('chaosOrder()', () => {
  const take = (seed: number, count: number) => {
    const order = chaosOrder(seededRandom(seed));
    return Array.from({ length: count }, () => order.next().value);
  };

  it('has each kind once before any comes again', () => {
    const steps = take(7, 2 * CHAOS.length);
    assert.deepEqual(steps.slice(0, CHAOS.length).sort(), [...CHAOS].sort());
    assert.deepEqual(steps.slice(CHAOS.length).sort(), [...CHAOS].sort());
  });

  it('is repeated by its seed, and only by that', () => {
    assert.deepEqual(take(7, 20), take(7, 20));
    assert.notDeepEqual(take(7, 20), take(8, 20));
  });
});

for (const [step, expected] of [
  ['kill', /^crash grpc-server-\d$/],
  ['stop', /^freeze grpc-server-\d 6000$/],
  ['scale', /^scale grpc-server [456]$/],
  ['dns-servfail', /^dns servfail$/],
  ['dns-silence', /^dns silence$/],
  ['delete', /^remove grpc-server-\d$/],
  ['roll', /^roll grpc-server$/],
] as const) {
  it(`disturb() by ${step} leaves the system as it was`, async () => {
    const { system, context, log } = fakeRun();
    await system.settle({ servers: 3, envoys: 2 }, { withinMs: 1 });
    await disturb(system, context, step);
    assert.match(log[1] ?? '', expected);
    if (step.startsWith('dns')) assert.equal(log[2], 'dns right');
    if (step === 'scale') assert.equal(log[2], 'scale grpc-server 3');
    assert.deepEqual(log.slice(-2), ['until-ready grpc-server 3', 'until-routed 3']);
  });
}
