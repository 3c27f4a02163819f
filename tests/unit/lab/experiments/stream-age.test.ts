import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { streamAge } from '../../../../lab/experiments/stream-age';
import type { Call } from '../../../../lab/records/call';
import { at, START_MS } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, LOST, runOf } from './judged-runs';

const SIZES = { streams: 12, messageMs: 1000, workMs: 300, maxAgeMs: 10_000 };
const OLD = [1, 2, 3].map((number) => `grpc-server-${number}`);
const NEW = [4, 5, 6].map((number) => `grpc-server-${number}`);
const ALL = [...OLD, ...NEW];
/** Scaled at 10 s, ready at 12 s; so streams must be even at 32 s. They move from 14 s on, one each half second. */
const END_S = 44;
const movedAtS = (stream: number) => 14 + stream / 2;

/** Each stream says a word a second; `podAt` is where it is. */
function messages(podAt: (stream: number, s: number) => string): Call[] {
  return Array.from({ length: END_S * SIZES.streams }, (_, index) => {
    const s = index / SIZES.streams;
    const stream = (index % SIZES.streams) + 1;
    const sentMs = START_MS + s * 1000;
    const common = { load: 'streams', seq: index + 1, intendedMs: sentMs, sentMs, latencyMs: 2, attempts: 1 };
    const opening = s < movedAtS(stream) ? 1 : 2;
    return { ...common, code: 'OK', pod: podAt(stream, s), via: 'envoy-1', stream, opening };
  });
}

const oldPod = (stream: number) => OLD[stream % OLD.length] ?? '';
const anyPod = (stream: number) => ALL[stream % ALL.length] ?? '';
const EVEN = messages((stream, s) => (s < movedAtS(stream) ? oldPod(stream) : anyPod(stream)));

/** As servers count that handled each message once, but for what `more` adds. */
function eventsOf(calls: readonly Call[], more: Readonly<Record<string, number>> = {}) {
  const handled = (pod: string) => calls.filter((call) => call.pod === pod).length + (more[pod] ?? 0);
  return [
    ...OLD.map((subject) => at(-2, { kind: 'pod-ready', subject })),
    ...OLD.map((subject) => at(-1, { kind: 'messages', subject, detail: { handled: 0 } })),
    at(0, { kind: 'phase', subject: 'three-pods' }),
    at(10, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 6 } }),
    ...NEW.map((subject) => at(11, { kind: 'pod-started', subject })),
    ...NEW.map((subject) => at(12, { kind: 'pod-ready', subject })),
    ...ALL.map((subject) => at(END_S, { kind: 'messages', subject, detail: { handled: handled(subject) } })),
  ];
}
const judged = (calls: readonly Call[], events = eventsOf(calls)) => runOf(streamAge, SIZES, { calls, events });

describe('stream-age', () => {
  it('passes when streams move to new pods with nothing lost', () => assertFails(streamAge, judged(EVEN), []));

  it('says how the streams lie, when due and at the worst later second', () => {
    const late = messages((stream, s) => {
      if (s < movedAtS(stream)) return oldPod(stream);
      return s >= 36 && s < 40 && stream === 1 ? 'grpc-server-6' : anyPod(stream);
    });
    const results = streamAge.evaluate(judged(late));
    const named = (id: string) => results.find((result) => result.id === id);
    assert.deepEqual([named('even')?.measured, named('even')?.detail], [0, 'per pod 2, 2, 2, 2, 2, 2']);
    assert.deepEqual(
      [named('even-later')?.measured, named('even-later')?.detail],
      [0.5, 'at the worst per pod 2, 1, 2, 2, 2, 3'],
    );
  });

  it('fails when streams stay where they began', () => {
    const calls = messages(oldPod).map((call) => ({ ...call, opening: 1 }));
    assertFails(streamAge, judged(calls), ['even', 'opened-again']);
  });

  it('fails when all streams are opened again on the pods that they had', () =>
    assertFails(streamAge, judged(messages(oldPod)), ['even']));

  it('fails when one stream is opened again too late', () => {
    const calls = EVEN.map((call) => {
      const isLate = call.stream === 3 && call.sentMs < START_MS + 33_000;
      return isLate ? { ...call, opening: 1 } : call;
    });
    assertFails(streamAge, judged(calls), ['opened-again']);
  });

  it('fails with one lost message, or one without a result', () => {
    const lost = EVEN.map((call) => (call.seq === 200 ? { ...call, ...LOST } : call));
    assertFails(streamAge, judged(lost), ['failed']);
    const missing = EVEN.filter(({ seq }) => seq !== 200);
    assertFails(streamAge, judged(missing), ['missing']);
  });

  it('fails when a server handled a message that it did not answer, or was not counted to its end', () => {
    assertFails(streamAge, judged(EVEN, eventsOf(EVEN, { 'grpc-server-2': 1 })), ['handled-once']);
    assertFails(streamAge, judged(EVEN, eventsOf(EVEN, { 'grpc-server-2': -1 })), ['handled-once']);
  });

  it('fails when not all new pods came', () => {
    const events = eventsOf(EVEN).filter(({ kind, subject }) => kind !== 'pod-ready' || subject !== 'grpc-server-6');
    assertFails(streamAge, judged(EVEN, events), ['even', 'even-later', 'opened-again', 'load-overlaps']);
  });

  it('sets the age, opens streams without retries, scales, and waits for three ages', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await streamAge.run(system, recorder, SIZES, context);
    const slow = (numbers: readonly number[]) => numbers.map((n) => `fault grpc-server-${n} {"delayMs":300}`);
    assert.deepEqual(log, [
      ...['settle 3 2', 'servers {"MAX_STREAM_AGE_MS":"10000"}', 'until-ready grpc-server 3', 'until-routed 3'],
      ...['phase three-pods', ...slow([1, 2, 3]), 'load streams', 'phase six-pods', 'scale grpc-server 6'],
      ...['until-ready grpc-server 6', ...slow([1, 2, 3, 4, 5, 6]), 'until-routed 6', 'stop streams'],
    ]);
    const [load] = loads;
    assert.deepEqual([load?.streams, load?.env], [12, { INTERVAL_MS: '1000', RETRIES: 'false' }]);
  });
});
