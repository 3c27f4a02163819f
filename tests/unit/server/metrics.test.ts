import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { LATENCY_BUCKETS } from '../../../runtime/latency-buckets';
import { createServerMetrics, type ServerMetrics } from '../../../server/metrics';

async function samples({ registry }: ServerMetrics): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => /^grpc_/.test(line));
}

describe('createServerMetrics()', () => {
  it('has OK of each method from the start, and no other code', async () => {
    const metrics = createServerMetrics();
    metrics.forMethod('SayHello');
    metrics.forMethod('Chat');
    const counters = (await samples(metrics)).filter((line) => line.startsWith('grpc_requests_total'));
    assert.deepEqual(counters, [
      'grpc_requests_total{method="SayHello",code="OK"} 0',
      'grpc_requests_total{method="Chat",code="OK"} 0',
    ]);
  });

  it('counts ended calls by method and code, and those in flight together', async () => {
    const metrics = createServerMetrics();
    const hello = metrics.forMethod('SayHello');
    const chat = metrics.forMethod('Chat');
    for (let n = 0; n < 5; n += 1) hello.begin();
    chat.begin();
    hello.end(status.OK, 0.001);
    hello.end(status.OK, 0.001);
    hello.end(status.INVALID_ARGUMENT, 0.001);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const lines = await samples(metrics);
      assert(lines.includes('grpc_requests_total{method="SayHello",code="OK"} 2'));
      assert(lines.includes('grpc_requests_total{method="SayHello",code="INVALID_ARGUMENT"} 1'));
      assert(lines.includes('grpc_requests_total{method="Chat",code="OK"} 0'));
      assert(lines.includes('grpc_requests_in_flight 3'));
    }
  });

  it('counts messages of streams, from 0 on, and of nothing else', async () => {
    const metrics = createServerMetrics();
    metrics.forMethod('SayHello').message();
    const chat = metrics.forMethod('Chat', 'stream');
    const counters = async () => (await samples(metrics)).filter((line) => line.startsWith('grpc_stream_messages'));
    assert.deepEqual(await counters(), ['grpc_stream_messages_total{method="Chat"} 0']);
    for (let n = 0; n < 3; n += 1) chat.message();
    assert.deepEqual(await counters(), ['grpc_stream_messages_total{method="Chat"} 3']);
  });

  it('sorts durations into cumulative buckets, a bound included in its own', async () => {
    const metrics = createServerMetrics();
    const hello = metrics.forMethod('SayHello');
    for (const seconds of [0.00005, 0.00006, 0.01, 9.9, 11]) hello.end(status.OK, seconds);
    const lines = await samples(metrics);
    const bucket = (le: string) => `grpc_request_latency_seconds_bucket{le="${le}",method="SayHello"}`;
    for (const [le, count] of [
      ['0.00005', 1],
      ['0.0001', 2],
      ['0.005', 2],
      ['0.01', 3],
      ['10', 4],
      ['+Inf', 5],
    ] as const) {
      assert(lines.includes(`${bucket(le)} ${count}`), `${bucket(le)} ${count} in\n${lines.join('\n')}`);
    }
    assert(lines.includes('grpc_request_latency_seconds_count{method="SayHello"} 5'));
    const sum = lines.find((line) => line.startsWith('grpc_request_latency_seconds_sum')) ?? '';
    assert(Math.abs(Number(sum.split(' ')[1]) - 20.91011) < 1e-9, sum);
  });

  it('declares types that Prometheus supports, and one HELP per family', async () => {
    const text = await createServerMetrics().registry.metrics();
    assert.match(text, /^# TYPE grpc_requests_total counter$/m);
    assert.match(text, /^# TYPE grpc_request_latency_seconds histogram$/m);
    assert.match(text, /^# TYPE grpc_requests_in_flight gauge$/m);
    assert.match(text, /^process_cpu_seconds_total \d/m);
    const families = text.match(/^# HELP \S+/gm) ?? [];
    assert.equal(new Set(families).size, families.length);
  });

  it('gives the same counts to two requests for a method', async () => {
    const metrics = createServerMetrics();
    metrics.forMethod('SayHello').end(status.OK, 1);
    metrics.forMethod('SayHello').end(status.OK, 1);
    assert((await samples(metrics)).includes('grpc_requests_total{method="SayHello",code="OK"} 2'));
  });
});

describe('LATENCY_BUCKETS', () => {
  it('rises from 50 µs to 10 s, each bound at most 2.5 times the one below', () => {
    assert.deepEqual([LATENCY_BUCKETS.at(0), LATENCY_BUCKETS.at(-1)], [0.00005, 10]);
    LATENCY_BUCKETS.slice(1).forEach((bound, index) => {
      const ratio = bound / (LATENCY_BUCKETS[index] as number);
      assert(ratio > 1 && ratio < 2.51, `${bound}`);
    });
  });
});
