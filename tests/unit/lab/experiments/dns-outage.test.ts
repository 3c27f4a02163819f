import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dnsOutage } from '../../../../lab/experiments/dns-outage';
import type { DnsFaultMode } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, LOST, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = { faultMs: 10_000, ratePerSecond: 100, absences: 1, absenceMs: 6000 };
const fault = (mode: DnsFaultMode, fromS: number, toS: number) => [
  at(fromS, { kind: 'dns-fault', detail: { mode } }),
  at(toS, { kind: 'dns-fault-cleared' }),
];
const EVENTS = [...fault('servfail', 2, 12), ...fault('silence', 14, 24), ...fault('nxdomain', 32, 38)];
/** The names are gone from 32 s to 38 s; Envoys notice after one second, and again after one. */
const CALLS = [
  ...steadyCalls({ load: 'kept', fromS: 0, toS: 27, rate: 100 }),
  ...changed(steadyCalls({ load: 'absent', fromS: 30, toS: 45, rate: 100 }), [33, 39], () => LOST),
];
const good = runOf(dnsOutage, SIZES, { calls: CALLS, events: EVENTS });

describe('dns-outage', () => {
  it('passes when failures of DNS change nothing and NXDOMAIN is believed', () => assertFails(dnsOutage, good, []));

  it('fails by a call lost in a failure of DNS, or right after it', () => {
    assertFails(dnsOutage, { ...good, calls: withOneLost(CALLS, 'kept', 5) }, ['failed-servfail']);
    assertFails(dnsOutage, { ...good, calls: withOneLost(CALLS, 'kept', 12.5) }, ['failed-servfail']);
    assertFails(dnsOutage, { ...good, calls: withOneLost(CALLS, 'kept', 20) }, ['failed-silence']);
  });

  it('fails when calls to a name without pods end in another way, or late', () => {
    const answered = changed(CALLS, [36, 36.01], () => ({ code: 'OK', via: 'envoy-1', pod: 'grpc-server-1' }));
    assertFails(dnsOutage, { ...good, calls: answered }, ['absent-unavailable']);
    const waiting = changed(CALLS, [35, 37], () => ({ latencyMs: 150 }));
    assertFails(dnsOutage, { ...good, calls: waiting }, ['absent-at-once']);
  });

  it('asks nothing of calls that were sent when the name may have been back already', () => {
    const answered = changed(CALLS, [37.5, 38], () => ({ code: 'OK', via: 'envoy-1', pod: 'grpc-server-1' }));
    assertFails(dnsOutage, { ...good, calls: answered }, ['absent-unavailable']);
    const askedAtMs = at(37.4, { kind: 'phase' }).atMs;
    const slow = [...EVENTS.slice(0, -1), at(38, { kind: 'dns-fault-cleared', detail: { askedAtMs } })];
    assertFails(dnsOutage, { ...good, calls: answered, events: slow }, []);
  });

  it('fails when one Envoy is slow to see the names return, or never does', () => {
    const slow = changed(CALLS, [39, 40.5], ({ via }) => (via === 'envoy-2' ? LOST : {}));
    assertFails(dnsOutage, { ...good, calls: slow }, ['first-ok']);
    const never = changed(CALLS, [39, 60], ({ via }) => (via === 'envoy-2' ? LOST : {}));
    assertFails(dnsOutage, { ...good, calls: never }, ['first-ok']);
  });

  it('fails when the load was not there, or a fault was not seen', () => {
    assertFails(dnsOutage, { ...good, calls: changed(CALLS, [18, 19.2], () => undefined) }, ['load-overlaps']);
    assertFails(dnsOutage, { ...good, events: EVENTS.slice(2) }, ['failed-servfail', 'calls', 'load-overlaps']);
  });

  it('breaks DNS in three ways, the last one without retries', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await dnsOutage.run(system, recorder, { ...SIZES, absences: 2 }, context);
    const absence = ['dns nxdomain', 'dns right', 'until-routed 3'];
    assert.deepEqual(log, [
      ...['settle 3 2', 'load kept', 'phase servfail', 'dns servfail', 'dns right'],
      ...['phase silence', 'dns silence', 'dns right', 'stop kept'],
      ...['phase nxdomain', 'load absent', ...absence, ...absence, 'stop absent'],
    ]);
    assert.equal(loads[1]?.env?.RETRIES, 'false');
  });
});
