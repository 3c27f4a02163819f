import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientSide } from '../../../../lab/experiments/client-side';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, runOf, SERVERS, steadyCalls } from './judged-runs';

const SIZES = { ratePerSecond: 100, beforeMs: 8000, afterMs: 25_000 };
const NEW = ['grpc-server-4', 'grpc-server-5'];
const ALL = [...SERVERS, ...NEW];
/** Asked for at 10 s, ready at 12 s; Envoy uses them a second later. */
const EVENTS = [
  ...SERVERS.map((subject) => at(-1, { kind: 'pod-ready', subject })),
  at(0, { kind: 'phase', subject: 'three-pods' }),
  at(10, { kind: 'phase', subject: 'five-pods' }),
  at(10, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 5 } }),
  ...NEW.map((subject) => at(12, { kind: 'pod-ready', subject })),
];
const DIRECT = steadyCalls({ load: 'client-side', fromS: 0, toS: 40, rate: 99 });
const PROXIED = [
  ...steadyCalls({ load: 'through-envoy', fromS: 0, toS: 13, rate: 100 }),
  ...steadyCalls({ load: 'through-envoy', fromS: 13, toS: 40, rate: 100, pods: ALL }),
];
const good = runOf(clientSide, SIZES, { calls: [...DIRECT, ...PROXIED], events: EVENTS });

describe('client-side', () => {
  it('passes when the old pods are even and the new ones idle', () => assertFails(clientSide, good, []));

  it('fails when an old pod gets two calls more than another', () => {
    const [more, less] = SERVERS;
    const calls = DIRECT.map((call) =>
      call.pod === less && call.seq > 3000 && call.seq < 3005 ? { ...call, pod: more ?? '' } : call,
    );
    assertFails(clientSide, runOf(clientSide, SIZES, { calls: [...calls, ...PROXIED], events: EVENTS }), [
      'old-pods-even',
    ]);
  });

  it('ignores unevenness while the client connects', () => {
    const calls = changed(DIRECT, [0, 1.5], () => ({ pod: 'grpc-server-1' }));
    assertFails(clientSide, runOf(clientSide, SIZES, { calls: [...calls, ...PROXIED], events: EVENTS }), []);
  });

  it('fails when a new pod has a call within twenty seconds', () => {
    // A whole round, so that the old pods stay even.
    const calls = changed(DIRECT, [31, 31.03], () => ({ pod: 'grpc-server-4' }));
    assertFails(clientSide, runOf(clientSide, SIZES, { calls: [...calls, ...PROXIED], events: EVENTS }), [
      'new-pods-idle',
    ]);
  });

  it('fails when the load ended before twenty seconds had passed', () => {
    const calls = [...DIRECT, ...PROXIED].filter(({ sentMs }) => sentMs < at(31, { kind: 'phase' }).atMs);
    assertFails(clientSide, runOf(clientSide, SIZES, { calls, events: EVENTS }), ['new-pods-idle']);
  });

  it('fails when Envoy never finds the new pods either: they could not be reached', () => {
    const calls = [...DIRECT, ...steadyCalls({ load: 'through-envoy', fromS: 0, toS: 40, rate: 100 })];
    assertFails(clientSide, runOf(clientSide, SIZES, { calls, events: EVENTS }), ['through-envoy']);
  });

  it('fails when the client pauses while pods come', () => {
    const calls = [...changed(DIRECT, [10, 12], () => undefined), ...PROXIED];
    assertFails(clientSide, runOf(clientSide, SIZES, { calls, events: EVENTS }), ['load-overlaps']);
  });

  it('scales up under two loads, one of which calls the pods', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await clientSide.run(system, recorder, SIZES, context);
    assert.deepEqual(log, [
      ...['settle 3 2', 'load client-side', 'load through-envoy', 'phase three-pods', 'phase five-pods'],
      ...['scale grpc-server 5', 'until-ready grpc-server 5', 'stop through-envoy', 'stop client-side'],
    ]);
    assert.deepEqual(
      loads.map(({ target }) => target),
      ['servers', 'envoys'],
    );
  });
});
