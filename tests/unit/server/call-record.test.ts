import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { createLogger, type LogLevel } from '../../../runtime/log';
import { createRecorder } from '../../../server/call-record';

function recorder(level: LogLevel) {
  const lines: string[] = [];
  const counted: Array<[code: number, seconds: number]> = [];
  let begun = 0;
  let messages = 0;
  const metrics = {
    begin() {
      begun += 1;
    },
    message() {
      messages += 1;
    },
    end(code: number, seconds: number) {
      counted.push([code, seconds]);
    },
  };
  const stream = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: 'grpc-server', pod: 'grpc-server-1', level, stream });
  const start = createRecorder({ method: 'SayHello', metrics, podName: 'grpc-server-1', log });
  return { start, lines, counted, begun: () => begun, messages: () => messages };
}

describe('createRecorder()', () => {
  it('counts the messages of a stream', () => {
    const { start, messages } = recorder('info');
    const record = start('c');
    record.message();
    record.message();
    assert.equal(messages(), 2);
  });

  it('counts a call when it begins, and once when it ends', () => {
    const { start, counted, begun } = recorder('info');
    const record = start('c');
    assert.deepEqual([begun(), counted.length], [1, 0]);
    record.end(status.OK);
    record.end(status.CANCELLED);
    assert.deepEqual([begun(), counted.length, counted[0]?.[0]], [1, 1, status.OK]);
    const seconds = counted[0]?.[1] ?? Number.NaN;
    assert(seconds >= 0 && seconds < 5, `took ${seconds} s`);
  });

  it('writes one debug line per call with the words that readers search for', () => {
    const { start, lines } = recorder('debug');
    const record = start('');
    record.client = 'grpc-client-1';
    record.end(status.INVALID_ARGUMENT);
    record.end(status.CANCELLED);
    assert.equal(lines.length, 1);
    const { msg, method, code, latencyMs } = JSON.parse(lines[0] as string);
    assert.equal(msg, 'Received a request from grpc-server-1: grpc-client-1');
    assert.deepEqual([method, code, typeof latencyMs], ['SayHello', 'INVALID_ARGUMENT', 'number']);
  });

  it('writes nothing per call at info', () => {
    const { start, lines } = recorder('info');
    start('c').end(status.OK);
    assert.deepEqual(lines, []);
  });

  it('keeps a hostile client name on one line, harmless and short', () => {
    const { start, lines } = recorder('debug');
    start(`\n{"level":"fatal"}\r\n\u001b[2J${'x'.repeat(60_000)}`).end(status.OK);
    assert.equal(lines.length, 1);
    const { level, msg } = JSON.parse(lines[0] as string);
    assert.equal(level, 'debug');
    assert.doesNotMatch(msg, /\p{Cc}/u);
    assert(msg.length < 320, `${msg.length} units`);
  });
});
