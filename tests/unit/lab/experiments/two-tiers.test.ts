import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { twoTiers } from '../../../../lab/experiments/two-tiers';
import type { Call } from '../../../../lab/records/call';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { repetitions: 1, ratePerSecond: 100, measureMs: 8000, findMs: 54_000 };
const OLD = ['envoy-1', 'envoy-2'];
const NEW = ['envoy-3', 'envoy-4'];
/** More are asked for at 10 s, ready at 12 s, found at 50 s; fewer at 76 s, gone at 90 s. */
const EVENTS = [
  ...OLD.map((subject) => at(-2, { kind: 'envoy-ready', subject })),
  at(0, { kind: 'load-start', subject: 'steady', detail: { target: 'envoys', ratePerSecond: 100 } }),
  at(2, { kind: 'phase', subject: 'before-1' }),
  at(10, { kind: 'phase', subject: 'changing' }),
  at(10, { kind: 'scale', subject: 'envoy', detail: { from: 2, to: 4 } }),
  ...NEW.map((subject) => at(12, { kind: 'envoy-ready', subject })),
  at(66, { kind: 'phase', subject: 'more-1' }),
  at(74, { kind: 'phase', subject: 'changing' }),
  at(76, { kind: 'scale', subject: 'envoy', detail: { from: 4, to: 2 } }),
  ...NEW.map((subject) => at(76, { kind: 'envoy-draining', subject })),
  ...NEW.map((subject) => at(90, { kind: 'envoy-gone', subject })),
  at(90, { kind: 'phase', subject: 'fewer-1' }),
  at(98, { kind: 'phase', subject: 'changing' }),
];
const turns = (envoys: readonly string[]) => (call: Call) => ({ via: envoys[call.seq % envoys.length] ?? '' });
const CALLS = changed(
  steadyCalls({ load: 'steady', fromS: 0, toS: 100, rate: 100 }),
  [50, 77],
  turns([...OLD, ...NEW]),
);
const judged = (calls: readonly Call[], events = EVENTS) => runOf(twoTiers, SIZES, { calls, events });

describe('two-tiers', () => {
  it('passes when every Envoy has its share', () => assertFails(twoTiers, judged(CALLS), []));

  it('fails when an Envoy has six points too much', () => {
    const greedy = (envoys: readonly string[]) => (call: Call) =>
      call.seq % 100 < 12 ? { via: 'envoy-1' } : turns(envoys)(call);
    assertFails(twoTiers, judged(changed(CALLS, [2, 10], greedy(OLD))), ['share-before']);
    assertFails(twoTiers, judged(changed(CALLS, [66, 74], greedy([...OLD, ...NEW]))), ['share-more']);
    assertFails(twoTiers, judged(changed(CALLS, [90, 98], greedy(OLD))), ['share-fewer']);
  });

  it('fails when an Envoy that should be gone answers', () =>
    assertFails(twoTiers, judged(changed(CALLS, [90, 98], turns([...OLD, ...NEW]))), ['share-fewer']));

  it('fails when a new Envoy is found too late, or never', () => {
    const late = EVENTS.map((event) =>
      event.kind === 'envoy-ready' && event.subject === 'envoy-3' ? at(12, { ...event }) : event,
    );
    const slow = late.map((event) =>
      event.atMs > at(12, { kind: 'phase' }).atMs ? { ...event, atMs: event.atMs + 20_000 } : event,
    );
    const shifted = changed(
      steadyCalls({ load: 'steady', fromS: 0, toS: 120, rate: 100 }),
      [77.5, 97],
      turns([...OLD, ...NEW]),
    );
    assertFails(twoTiers, judged(shifted, slow), ['first-call']);
    assertFails(twoTiers, judged(changed(CALLS, [50, 77], turns([...OLD, 'envoy-3']))), ['share-more', 'first-call']);
  });

  it('fails by one call lost, and by a pause of the load', () => {
    assertFails(twoTiers, judged(withOneLost(CALLS, 'steady', 80)), ['failed']);
    assertFails(twoTiers, judged(changed(CALLS, [80, 81.5], () => undefined)), ['load-overlaps']);
  });

  it('fails when fewer Envoys came than planned', () => {
    const events = EVENTS.filter(({ subject }) => subject !== 'envoy-4');
    const calls = changed(CALLS, [50, 77], turns([...OLD, 'envoy-3']));
    assertFails(twoTiers, judged(calls, events), ['share-more', 'first-call']);
  });

  it('scales Envoys up and down under load', async () => {
    const { system, recorder, context, log } = fakeRun();
    await twoTiers.run(system, recorder, SIZES, context);
    assert.deepEqual(log, [
      ...['settle 3 2', 'load steady', 'phase before-1', 'phase changing', 'scale envoy 4', 'until-ready envoy 4'],
      ...['phase more-1', 'phase changing', 'scale envoy 2', 'until-ready envoy 2', 'phase fewer-1', 'phase changing'],
      'stop steady',
    ]);
  });
});
