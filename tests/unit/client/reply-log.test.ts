import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '../../../client/outcome';
import { ReplyLog } from '../../../client/reply-log';
import { Tally } from '../../../client/tally';
import { createLogger } from '../../../runtime/log';

const record: CallRecord = {
  seq: 7,
  intendedMs: 1000,
  sentMs: 1000.5,
  code: 'OK',
  text: 'Hello, Ada! This message is from grpc-server-2',
  pod: 'grpc-server-2',
  via: 'envoy-1',
  attempts: 1,
  latencyMs: 2.34567,
};
const failure: CallRecord = { ...record, code: 'UNAVAILABLE', text: 'Connection dropped', pod: '', latencyMs: 2 };

interface Line extends Record<string, unknown> {
  readonly msg: string;
}

function start(intervalMs: number): { replyLog: ReplyLog; lines: Line[] } {
  const lines: Line[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ service: 'grpc-client', pod: 'me', podKey: 'client', level: 'info', stream });
  return { replyLog: new ReplyLog({ log, intervalMs }), lines };
}

describe('ReplyLog', () => {
  it('says what was received, from which pod, and through which Envoy', () => {
    const { replyLog, lines } = start(5000);
    replyLog.call(record);
    assert.equal(lines.length, 1);
    const { time, ...line } = lines[0] as Line;
    assert.deepEqual(line, {
      level: 'info',
      service: 'grpc-client',
      client: 'me',
      pod: 'grpc-server-2',
      via: 'envoy-1',
      attempts: 1,
      latencyMs: 2.346,
      seq: 7,
      msg: 'Received: Hello, Ada! This message is from grpc-server-2',
    });
  });

  it('says how late a call was sent when that was over 100 ms', () => {
    const { replyLog, lines } = start(5000);
    for (const sentMs of [1100, 1100.5, 19_000]) replyLog.call({ ...record, sentMs });
    replyLog.call({ ...failure, sentMs: 2000 });
    assert.deepEqual(
      lines.map(({ lateMs }) => lateMs),
      [undefined, 100.5, 18_000, 1000],
    );
  });

  it('has a line per call up to 2 calls/s, and no such lines above', () => {
    const slow = start(500);
    const fast = start(499);
    for (const { replyLog } of [slow, fast]) replyLog.call(record);
    assert.deepEqual([slow.lines.length, fast.lines.length], [1, 0]);
  });

  it('says why a call failed', () => {
    const { replyLog, lines } = start(5000);
    replyLog.call(failure);
    replyLog.call(failure);
    assert.equal(lines.length, 2);
    const { msg, level, code, detail, seq } = lines[0] as Line;
    assert.deepEqual([msg, level, code, detail, seq], ['call failed', 'warn', 'UNAVAILABLE', 'Connection dropped', 7]);
  });

  it('says once a second that calls fail when there are many', () => {
    const { replyLog, lines } = start(5);
    for (let i = 0; i < 400; i++) replyLog.call({ ...failure, sentMs: 1000 + i * 5 });
    assert.deepEqual(
      lines.map(({ suppressed }) => suppressed),
      [undefined, 199],
    );
  });

  it('says at most every 10 s that it is behind schedule', () => {
    const { replyLog, lines } = start(5);
    for (let ms = 0; ms <= 20_000; ms += 1000) {
      replyLog.behind(ms, { inFlight: 9, behindSchedule: ms, neverSent: 2 }, 5000 + ms);
    }
    assert.deepEqual(
      lines.map(({ msg, lateMs, inFlight, behindSchedule, neverSent }) => {
        return [msg, lateMs, inFlight, behindSchedule, neverSent];
      }),
      [0, 10_000, 20_000].map((ms) => ['behind schedule', ms, 9, ms, 2]),
    );
  });

  it('writes the tally in one line', () => {
    const { replyLog, lines } = start(5);
    const tally = new Tally();
    tally.record(record);
    tally.record(failure);
    replyLog.tally(tally, 10.00049, { inFlight: 3, behindSchedule: 4, neverSent: 1 });
    const { time, latencyMs, latencyFromDueMs, ...line } = lines[0] as Line;
    assert.deepEqual(line, {
      level: 'info',
      service: 'grpc-client',
      client: 'me',
      seconds: 10,
      calls: 2,
      ok: 1,
      failed: 1,
      byCode: { OK: 1, UNAVAILABLE: 1 },
      pods: { 'grpc-server-2': 1 },
      envoys: { 'envoy-1': 1 },
      inFlight: 3,
      behindSchedule: 4,
      neverSent: 1,
      msg: 'tally',
    });
  });
});
