import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { autoscale } from '../../../../lab/experiments/autoscale';
import type { Call } from '../../../../lab/records/call';
import type { EventDetails, RunEvent } from '../../../../lab/records/event';
import type { Backend } from '../../../../lab/records/params';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, SERVERS, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { calmPerSecond: 50, stepPerSecond: 42, holdMs: 60_000 };
const NEW = ['grpc-server-4', 'grpc-server-5'];
const METRIC = 'grpc_requests_per_second';
const metric = (s: number, source: EventDetails['metric']['source'], value: number, pods = 3) =>
  at(s, { kind: 'metric', subject: METRIC, detail: { value, source, pods, target: 20 } });
const wanted = (s: number, desired: number, subject = 'grpc-server') =>
  at(s, { kind: 'replicas', subject, detail: { desired, ready: 3 } });
/** 92 calls/s from 60 s on, which five pods are for; the load goes at 160 s. */
const EVENTS: readonly RunEvent[] = [
  ...SERVERS.map((subject) => at(-2, { kind: 'pod-ready', subject })),
  wanted(-2, 3),
  wanted(-2, 2, 'envoy'),
  at(0, { kind: 'phase', subject: 'calm' }),
  metric(1, 'autoscaler', 16.7),
  at(59, { kind: 'phase', subject: 'step' }),
  at(62, { kind: 'scrape', subject: 'grpc-server', detail: { readAtMs: at(61, { kind: 'phase' }).atMs } }),
  at(65, { kind: 'scrape', subject: 'grpc-server', detail: { readAtMs: at(64.5, { kind: 'phase' }).atMs } }),
  metric(66, 'prometheus', 22),
  metric(67, 'shortest-window', 29),
  metric(70, 'prometheus', 28),
  metric(71, 'custom-metrics', 28),
  wanted(70, 4),
  wanted(74, 5),
  wanted(74, 5, 'envoy'),
  ...NEW.map((subject, index) => at(77 + index, { kind: 'pod-ready', subject })),
  metric(70, 'longest-window', 22),
  metric(84, 'longest-window', 28),
  at(93, { kind: 'phase', subject: 'hold' }),
  at(160, { kind: 'phase', subject: 'back' }),
  wanted(290, 4),
  wanted(320, 3),
  wanted(330, 2, 'envoy'),
];
const turns = (call: Call) => ({ pod: [...SERVERS, ...NEW][call.seq % 5] as string });
const CALLS = changed(
  [
    ...steadyCalls({ load: 'calm', fromS: 0, toS: 330, rate: 50 }),
    ...steadyCalls({ load: 'step', fromS: 60, toS: 160, rate: 42 }),
  ],
  [79, 300],
  turns,
);
const judged = (calls: readonly Call[] = CALLS, events = EVENTS, backend: Backend = 'cluster') =>
  runOf(autoscale, SIZES, { calls, events }, backend);
const without = (...unwanted: readonly RunEvent[]) => EVENTS.filter((event) => !unwanted.includes(event));

describe('autoscale', () => {
  it('passes when pods follow the load up and back', () => assertFails(autoscale, judged(), []));

  it('splits the time into the links of the chain', () => {
    const measured = Object.fromEntries(
      autoscale.evaluate(judged()).map((claim) => [claim.id, Math.round((claim.measured ?? Number.NaN) * 10) / 10]),
    );
    // The first reading counts that is of after the step: the one of 61 s.
    assert.equal(measured['lag-scrape'], 1);
    assert.equal(measured['lag-window'], 9);
    assert.equal(measured['lag-adapter'], 1);
    assert.equal(measured['lag-sync'], 3);
    assert.equal(measured['lag-start'], 4);
    assert.ok((measured['lag-discovery'] ?? 0) > 0, String(measured['lag-discovery']));
  });

  it('compares the query with its longest window alone, which would have asked at the next look after it', () => {
    const claimsOf = (data: ReturnType<typeof judged>) =>
      Object.fromEntries(autoscale.evaluate(data).map((claim) => [claim.id, claim]));
    assert.equal(claimsOf(judged(CALLS, EVENTS, 'local'))['asks-sooner']?.measured, 10 / 24);
    const measured = claimsOf(judged());
    const total = measured.reacts?.measured ?? Number.NaN;
    // Asked for at 14 s. 25 s have more than 80 calls/s of these 50, and 42 from 0 s on, at 17.9 s; the next look is at 29 s.
    assert.equal(measured['reacts-sooner']?.measured, total / (total + 15));
    assert.match(measured['reacts-sooner']?.detail ?? '', /^19\.\d s against 34\.\d s$/);
  });

  it('fails when the longest window alone is as fast', () => {
    const events = [...EVENTS, metric(70, 'longest-window', 28)].sort((one, other) => one.atMs - other.atMs);
    assertFails(autoscale, judged(CALLS, events, 'local'), ['asks-sooner']);
    const late = EVENTS.map((event) => (event.kind === 'pod-ready' ? event : { ...event }));
    const sync = late.findIndex(({ atMs, kind }) => kind === 'replicas' && atMs === wanted(74, 5).atMs);
    late[sync] = wanted(79, 5);
    for (const pod of late.filter(({ kind, atMs }) => kind === 'pod-ready' && atMs > wanted(70, 4).atMs)) {
      late[late.indexOf(pod)] = at(80, { kind: 'pod-ready', subject: pod.subject as string });
    }
    assertFails(autoscale, judged(CALLS, late), ['reacts-sooner']);
  });

  it('judges a run of before it recorded windows, and draws no figure of them', () => {
    const events = EVENTS.filter(({ detail }) => !String((detail as { source?: string })?.source).includes('-window'));
    const run = judged(CALLS, events);
    assertFails(autoscale, judged(CALLS, events, 'local'), ['asks-sooner']);
    const figures = (data: typeof run) => autoscale.figures(data).map(({ id }) => id);
    assert.deepEqual([figures(run).includes('windows'), figures(judged()).includes('windows')], [false, true]);
    const claims = run.params.claims.filter(({ id }) => !id.endsWith('-sooner'));
    assertFails(autoscale, { ...run, params: { ...run.params, claims } }, []);
  });

  it('fails when more, or fewer, pods are wanted than load over target asks for', () => {
    const more = [...EVENTS, wanted(100, 6)];
    assertFails(autoscale, judged(CALLS, more), ['desired']);
    const fewer = EVENTS.filter(
      ({ kind, detail }) => !(kind === 'replicas' && (detail as { desired: number }).desired === 5),
    );
    assertFails(autoscale, judged(CALLS, fewer), [
      'desired',
      'reacts',
      'reacts-sooner',
      'lag-sync',
      'lag-start',
      'lag-discovery',
    ]);
  });

  it('fails when pods flap, servers or Envoys', () => {
    assertFails(autoscale, judged(CALLS, [...EVENTS, wanted(110, 4), wanted(120, 5)]), ['flaps']);
    assertFails(autoscale, judged(CALLS, [...EVENTS, wanted(110, 4, 'envoy'), wanted(120, 5, 'envoy')]), ['flaps']);
  });

  it('fails when the pods stay after the load has gone', () => {
    const last = EVENTS.find(({ atMs, kind }) => kind === 'replicas' && atMs === wanted(320, 3).atMs) as RunEvent;
    assertFails(autoscale, judged(CALLS, without(last)), ['back']);
  });

  it('fails when a new pod gets no calls', () => {
    const idle = changed(CALLS, [79, 330], (call) => (call.pod === 'grpc-server-5' ? { pod: 'grpc-server-1' } : {}));
    assertFails(autoscale, judged(idle), ['share', 'reacts', 'reacts-sooner', 'lag-discovery']);
  });

  it('fails when the metric never shows the load', () => {
    const events = EVENTS.filter(
      ({ kind, detail }) => !(kind === 'metric' && (detail as { value: number }).value > 25),
    );
    const after = ['lag-window', 'lag-adapter', 'lag-sync', 'lag-start', 'lag-discovery', 'reacts'];
    assertFails(autoscale, judged(CALLS, events), [...after, 'reacts-sooner']);
  });

  it('fails by one call lost, and by a pause of the load', () => {
    assertFails(autoscale, judged(withOneLost(CALLS, 'step', 100)), ['failed']);
    assertFails(autoscale, judged(changed(CALLS, [100, 101.5], () => undefined)), ['load-overlaps']);
  });

  it('claims nothing on loopback about a controller that is not there', () => {
    const ids = autoscale.claims(SIZES, 'local').map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id) => ['reacts', 'reacts-sooner', 'lag-adapter'].includes(id)),
      [],
    );
    assertFails(autoscale, judged(CALLS, EVENTS, 'local'), []);
  });

  it('waits until the autoscalers are calm, then starts the load', async () => {
    const { system, recorder, context, log } = fakeRun();
    await autoscale.run(system, recorder, SIZES, context);
    assert.deepEqual(log, [
      'settle 3 2',
      'aim grpc-server 20',
      'aim envoy 38',
      'phase calm',
      'load calm',
      'release grpc-server',
      'release envoy',
      'phase step',
      'load step',
      'until-ready grpc-server 5',
      'phase hold',
      'stop step',
      'phase back',
      'until-ready grpc-server 3',
      'stop calm',
    ]);
  });
});
