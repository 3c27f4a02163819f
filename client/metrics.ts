// The client's metrics. Counts are taken from the tally only at a scrape, so calls do not pay for them.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LATENCY_BUCKETS } from '../runtime/latency-buckets';
import { collectProcessMetrics } from '../runtime/process-metrics';
import { type CallRecord, latencyFromDueMs } from './outcome';
import type { Schedule } from './schedule';
import type { Tally } from './tally';

export interface ClientMetrics {
  readonly registry: Registry;
  observe(record: CallRecord): void;
}

export function createClientMetrics(
  tally: Tally,
  schedule: Pick<Schedule, 'inFlight' | 'behindSchedule' | 'neverSent'>,
): ClientMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectProcessMetrics(registry);
  new Counter({
    name: 'grpc_client_calls_total',
    help: 'Calls that ended, by the server pod that answered (empty when none did) and status code',
    labelNames: ['pod', 'code'],
    registers,
    collect() {
      this.reset();
      for (const [pod, count] of tally.pods) this.inc({ pod, code: 'OK' }, count);
      for (const [code, count] of tally.codes) if (code !== 'OK') this.inc({ pod: '', code }, count);
    },
  });
  new Counter({
    name: 'grpc_client_call_attempts_total',
    help: 'Attempts on upstreams, retries of all layers included',
    registers,
    collect() {
      this.reset();
      this.inc(tally.attempts);
    },
  });
  new Counter({
    name: 'grpc_client_calls_behind_schedule_total',
    help: 'Calls that were sent later than scheduled, or never',
    registers,
    collect() {
      this.reset();
      this.inc(schedule.behindSchedule);
    },
  });
  new Counter({
    name: 'grpc_client_calls_never_sent_total',
    help: 'Scheduled calls that were dropped before they were sent',
    registers,
    collect() {
      this.reset();
      this.inc(schedule.neverSent);
    },
  });
  new Gauge({
    name: 'grpc_client_calls_in_flight',
    help: 'Calls that wait for their answer',
    registers,
    collect() {
      this.set(schedule.inFlight);
    },
  });
  const latency = new Histogram({
    name: 'grpc_client_call_latency_seconds',
    help: 'From sending to the end of a call, retries included, failed calls too',
    buckets: [...LATENCY_BUCKETS],
    registers,
  });
  const latencyFromDue = new Histogram({
    name: 'grpc_client_call_latency_from_due_seconds',
    help: 'From the scheduled time of a call to its end, retries included, failed calls too',
    buckets: [...LATENCY_BUCKETS],
    registers,
  });
  return {
    registry,
    observe(call) {
      latency.observe(call.latencyMs / 1000);
      latencyFromDue.observe(latencyFromDueMs(call) / 1000);
    },
  };
}
