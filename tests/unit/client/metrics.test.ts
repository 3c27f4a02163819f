import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClientMetrics } from '../../../client/metrics';
import type { CallRecord } from '../../../client/outcome';
import { Tally } from '../../../client/tally';

const ok: CallRecord = {
  seq: 1,
  intendedMs: 0,
  sentMs: 200,
  code: 'OK',
  text: '',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 2,
  latencyMs: 3,
};

describe('createClientMetrics()', () => {
  it('exposes what the tally and the schedule count, fresh at every scrape', async () => {
    const tally = new Tally();
    const schedule = { inFlight: 4, behindSchedule: 5, neverSent: 3 };
    const { registry, observe } = createClientMetrics(tally, schedule);
    const record = (outcome: CallRecord) => {
      tally.record(outcome);
      observe(outcome);
    };
    record(ok);
    await registry.metrics();
    record({ ...ok, code: 'UNAVAILABLE', pod: '', attempts: 5 });
    const lines = new Set((await registry.metrics()).split('\n'));
    for (const line of [
      'grpc_client_calls_total{pod="grpc-server-1",code="OK"} 1',
      'grpc_client_calls_total{pod="",code="UNAVAILABLE"} 1',
      'grpc_client_call_attempts_total 7',
      'grpc_client_calls_behind_schedule_total 5',
      'grpc_client_calls_never_sent_total 3',
      'grpc_client_calls_in_flight 4',
      'grpc_client_call_latency_seconds_count 2',
      'grpc_client_call_latency_seconds_bucket{le="0.0025"} 0',
      'grpc_client_call_latency_seconds_bucket{le="0.005"} 2',
      'grpc_client_call_latency_from_due_seconds_bucket{le="0.1"} 0',
      'grpc_client_call_latency_from_due_seconds_bucket{le="0.25"} 2',
    ]) {
      assert.ok(lines.has(line), `no line ${line}`);
    }
  });

  it('brings the metrics of the process along', async () => {
    const { registry } = createClientMetrics(new Tally(), { inFlight: 0, behindSchedule: 0, neverSent: 0 });
    assert.match(await registry.metrics(), /^process_cpu_seconds_total /m);
  });
});
