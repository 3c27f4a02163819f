import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { streams } from '../../../../lab/experiments/streams';
import type { Call } from '../../../../lab/records/call';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, LOST, runOf } from './judged-runs';

const SIZES = { streams: 10, messageMs: 1000, workMs: 300, holdMs: 6000 };
const OLD = [1, 2, 3].map((number) => `grpc-server-${number}`);
const SCALED = [4, 5].map((number) => `grpc-server-${number}`);
const REPLACED = [6, 7, 8, 9, 10].map((number) => `grpc-server-${number}`);
/** Scaled at 10 s, ready at 12 s; every pod replaced from 30 s to 60 s, streams cut at 50 s. */
const EVENTS = [
  ...OLD.map((subject) => at(-2, { kind: 'pod-ready', subject })),
  at(0, { kind: 'load-start', subject: 'early', detail: { target: 'envoys', ratePerSecond: 0 } }),
  at(10, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 5 } }),
  ...SCALED.map((subject) => at(12, { kind: 'pod-ready', subject })),
  at(30, { kind: 'roll-start', subject: 'grpc-server' }),
  ...REPLACED.map((subject) => at(31, { kind: 'pod-ready', subject })),
  ...[...OLD, ...SCALED].map((subject) => at(32, { kind: 'pod-draining', subject })),
  at(60, { kind: 'roll-done', subject: 'grpc-server' }),
];
const CUT_MS = at(50, { kind: 'phase' }).atMs;

/** Ten messages per second, each stream one; all streams are opened again at the cut. */
function messagesOf(load: string, fromS: number, pods: readonly string[]): Call[] {
  return Array.from({ length: (70 - fromS) * SIZES.streams }, (_, index) => {
    const sentMs = at(fromS + index / SIZES.streams, { kind: 'phase' }).atMs;
    const stream = (index % SIZES.streams) + 1;
    const isCut = sentMs >= CUT_MS;
    const pod = (isCut ? REPLACED[stream % REPLACED.length] : pods[stream % pods.length]) ?? '';
    const attempts = isCut && sentMs < CUT_MS + 300 ? 2 : 1;
    const opening = isCut ? 2 : 1;
    return {
      load,
      seq: index + 1,
      intendedMs: sentMs,
      sentMs,
      latencyMs: 2,
      code: 'OK',
      pod,
      via: 'envoy-1',
      attempts,
      stream,
      opening,
    };
  });
}
const EARLY = messagesOf('early', 0, OLD);
const LATE = messagesOf('late', 15, [...OLD, ...SCALED]);
const judged = (early: readonly Call[], late: readonly Call[]) =>
  runOf(streams, SIZES, { calls: [...early, ...late], events: EVENTS });
const isSentAt = (call: Call, s: number) => call.sentMs === at(s, { kind: 'phase' }).atMs;

describe('streams', () => {
  it('passes when streams stay, spread, and go on after the restart', () =>
    assertFails(streams, judged(EARLY, LATE), []));

  it('fails when a stream moves to a new pod', () => {
    const opened = EARLY.map((call) =>
      call.stream === 3 && call.seq > 200
        ? { ...call, opening: (call.opening ?? 0) + 1, pod: call.opening === 1 ? 'grpc-server-4' : call.pod }
        : call,
    );
    assertFails(streams, judged(opened, LATE), ['stays']);
  });

  it('fails when one opening is answered by two pods', () => {
    const torn = LATE.map((call) => (isSentAt(call, 20) ? { ...call, pod: 'grpc-server-5' } : call));
    assertFails(streams, judged(EARLY, torn), ['one-pod']);
  });

  it('fails when new streams are not spread over all pods', () => {
    const late = messagesOf('late', 15, [...OLD, 'grpc-server-4']);
    assertFails(streams, judged(EARLY, late), ['new-spread']);
  });

  it('fails with one lost message, or one message without a result', () => {
    const lost = EARLY.map((call) => (isSentAt(call, 50) ? { ...call, ...LOST } : call));
    assertFails(streams, judged(lost, LATE), ['failed']);
    assertFails(
      streams,
      judged(
        EARLY,
        LATE.filter((call) => !isSentAt(call, 40)),
      ),
      ['missing'],
    );
  });

  it('fails when a stream does not go on after the restart', () => {
    const late = LATE.filter((call) => call.stream !== 7 || call.sentMs < CUT_MS);
    assertFails(streams, judged(EARLY, late), ['missing', 'resumed']);
  });

  it('fails when no stream broke with a message on it', () => {
    const calm = (calls: readonly Call[]) => calls.map((call) => ({ ...call, attempts: 1 }));
    assertFails(streams, judged(calm(EARLY), calm(LATE)), ['asked-again']);
  });

  it('fails when the restart was never complete', () => {
    const events = EVENTS.filter(({ kind }) => kind !== 'roll-done');
    const data = runOf(streams, SIZES, { calls: [...EARLY, ...LATE], events });
    assertFails(streams, data, ['stays', 'resumed', 'load-overlaps']);
  });

  it('opens streams before and after scaling, and replaces every pod while answers take their time', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await streams.run(system, recorder, SIZES, context);
    assert.deepEqual(log, [
      ...['settle 3 2', 'phase three-pods', 'load early', 'phase five-pods', 'scale grpc-server 5'],
      ...['until-ready grpc-server 5', 'until-routed 5', 'load late', 'phase rolling'],
      ...[1, 2, 3, 4, 5].map((number) => `fault grpc-server-${number} {"delayMs":300}`),
      ...['roll grpc-server', 'until-ready grpc-server 5', 'phase replaced', 'stop early', 'stop late'],
    ]);
    assert.deepEqual(
      loads.map((load) => [load.streams, load.env?.INTERVAL_MS]),
      [
        [10, '1000'],
        [10, '1000'],
      ],
    );
  });
});
