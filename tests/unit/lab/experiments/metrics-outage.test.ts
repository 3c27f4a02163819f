import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metricsOutage } from '../../../../lab/experiments/metrics-outage';
import type { Call } from '../../../../lab/records/call';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { outageMs: 180_000, ratePerSecond: 73, morePerSecond: 21 };
const wanted = (s: number, desired: number, subject = 'grpc-server') =>
  at(s, { kind: 'replicas', subject, detail: { desired, ready: 3 } });
const answers = (fromS: number, toS: number) =>
  Array.from({ length: toS - fromS }, (_, index) =>
    at(fromS + index, {
      kind: 'metric',
      subject: 'grpc_requests_per_second',
      detail: { value: 0.28, source: 'custom-metrics' },
    }),
  );
/** Prometheus is away from 60 to 241 s, the adapter from 300 to 481 s; the load ends at 700 s. */
const EVENTS: readonly RunEvent[] = [
  wanted(-2, 3),
  wanted(-2, 2, 'envoy'),
  at(0, { kind: 'phase', subject: 'before' }),
  wanted(20, 5),
  wanted(22, 5, 'envoy'),
  at(58, { kind: 'phase', subject: 'without prometheus' }),
  at(60, { kind: 'component-down', subject: 'prometheus' }),
  at(241, { kind: 'component-up', subject: 'prometheus' }),
  wanted(280, 7),
  wanted(282, 7, 'envoy'),
  at(298, { kind: 'phase', subject: 'without prometheus-adapter' }),
  at(300, { kind: 'component-down', subject: 'prometheus-adapter' }),
  at(481, { kind: 'component-up', subject: 'prometheus-adapter' }),
  wanted(500, 9),
  at(520, { kind: 'phase', subject: 'afterwards' }),
  at(700, { kind: 'load-stop', subject: 'steady', detail: { calls: 980 } }),
  wanted(820, 8),
  ...answers(0, 60),
  ...answers(260, 300),
  ...answers(490, 700),
];
const CALLS = steadyCalls({ load: 'steady', fromS: 0, toS: 700, rate: 73 });
const judged = (calls: readonly Call[] = CALLS, events = EVENTS) =>
  runOf(metricsOutage, SIZES, { calls, events }, 'cluster');

describe('metrics-outage', () => {
  it('passes when pods stay, and follow the load within a minute of the return', () =>
    assertFails(metricsOutage, judged(), []));

  it('fails when a tier loses a pod while metrics are gone, or when they are back', () => {
    for (const fall of [wanted(100, 4), wanted(250, 4), wanted(600, 8), wanted(100, 4, 'envoy')]) {
      assertFails(metricsOutage, judged(CALLS, [...EVENTS, fall]), ['falls']);
    }
  });

  it('fails when scaling goes on too late, or never', () => {
    const late = EVENTS.map((event) =>
      event.atMs === wanted(280, 7).atMs ? { ...event, atMs: wanted(302, 7).atMs } : event,
    );
    assertFails(metricsOutage, judged(CALLS, late as RunEvent[]), ['resumes-prometheus']);
    const never = EVENTS.filter(({ atMs }) => atMs !== wanted(500, 9).atMs || false);
    const stuck = never.filter(({ kind, atMs }) => !(kind === 'replicas' && atMs > wanted(490, 9).atMs));
    assertFails(metricsOutage, judged(CALLS, stuck), ['resumes-prometheus-adapter']);
  });

  it('passes when the adapter answers a moment before it is seen ready', () => {
    const early = answers(480.9, 481.9);
    const events = [...EVENTS, ...early].sort((a, b) => a.atMs - b.atMs);
    assertFails(metricsOutage, judged(CALLS, events), []);
  });

  it('fails when a metric was available all the time, because then nothing was gone', () =>
    assertFails(metricsOutage, judged(CALLS, [...EVENTS, ...answers(60, 260)]), ['away-prometheus']));

  it('fails when an outage was not seen', () => {
    const events = EVENTS.filter(({ kind }) => kind !== 'component-up');
    const all = [
      'falls',
      'resumes-prometheus',
      'away-prometheus',
      'resumes-prometheus-adapter',
      'away-prometheus-adapter',
    ];
    assertFails(metricsOutage, judged(CALLS, events), [...all, 'load-overlaps']);
  });

  it('fails by one call lost, and by a pause of the load', () => {
    assertFails(metricsOutage, judged(withOneLost(CALLS, 'steady', 100)), ['failed']);
    assertFails(metricsOutage, judged(changed(CALLS, [100, 101.5], () => undefined)), ['load-overlaps']);
  });

  it('stops one part after the other, each under more load than before', async () => {
    const { system, recorder, context, log } = fakeRun();
    await metricsOutage.run(system, recorder, SIZES, context);
    assert.deepEqual(log, [
      'settle 3 2',
      'aim grpc-server 20',
      'aim envoy 38',
      'phase before',
      'release grpc-server',
      'release envoy',
      'load steady',
      'until-ready grpc-server 4',
      'phase without prometheus',
      'prometheus down',
      'load more-prometheus',
      'prometheus up',
      'phase with prometheus again',
      'until-ready grpc-server 5',
      'phase without prometheus-adapter',
      'prometheus-adapter down',
      'load more-prometheus-adapter',
      'prometheus-adapter up',
      'phase with prometheus-adapter again',
      'until-ready grpc-server 6',
      'phase afterwards',
      'stop more-prometheus-adapter',
      'stop more-prometheus',
      'stop steady',
    ]);
  });
});
