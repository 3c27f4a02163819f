// The server's metrics. A call only adds to plain numbers; they become Prometheus series at a scrape, so counting
// costs the calls next to nothing. Labels are never taken from the wire: methods are the registered ones.
// prometheus_k8s/ scrapes them; the HPA of grpc_server_k8s/hpa.yaml follows rate(grpc_requests_total).
import type { status } from '@grpc/grpc-js';
import { Counter, Gauge, Registry } from 'prom-client';
import { statusName } from '../runtime/errors';
import { collectProcessMetrics } from '../runtime/process-metrics';
import { LatencyHistogram, registerHistograms } from './latency-histogram';

/** What one method's calls add to. Calls that never reach a handler (unknown method, no valid message) are not seen. */
export interface MethodMetrics {
  begin(): void;
  /** A message of a stream was handled. */
  message(): void;
  end(code: status, seconds: number): void;
}

/** Messages are counted of methods that take a stream of them. */
export type MethodKind = 'unary' | 'stream';

export interface ServerMetrics {
  readonly registry: Registry;
  forMethod(method: string, kind?: MethodKind): MethodMetrics;
}

/** gRPC numbers its status codes 0-16. */
const CODES = 17;

class MethodCounts implements MethodMetrics {
  readonly byCode: number[] = new Array(CODES).fill(0);
  readonly latency = new LatencyHistogram();
  inFlight = 0;
  messages = 0;

  constructor(readonly kind: MethodKind) {}

  begin(): void {
    this.inFlight += 1;
  }

  message(): void {
    this.messages += 1;
  }

  end(code: status, seconds: number): void {
    this.inFlight -= 1;
    this.byCode[code] = (this.byCode[code] ?? 0) + 1;
    this.latency.observe(seconds);
  }
}

export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const methods = new Map<string, MethodCounts>();

  new Counter({
    name: 'grpc_requests_total',
    help: 'Calls that ended, by method and status code.',
    labelNames: ['method', 'code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [method, { byCode }] of methods) {
        // OK is there from the start: a series that begins at 1 hides its first call from rate().
        byCode.forEach((count, code) => {
          if (count > 0 || code === 0) this.inc({ method, code: statusName(code) }, count);
        });
      }
    },
  });
  new Counter({
    name: 'grpc_stream_messages_total',
    help: 'Messages on streams that were handled, by method.',
    labelNames: ['method'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [method, { kind, messages }] of methods) if (kind === 'stream') this.inc({ method }, messages);
    },
  });
  new Gauge({
    name: 'grpc_requests_in_flight',
    help: 'Calls that have begun and not ended.',
    registers: [registry],
    collect() {
      let inFlight = 0;
      for (const counts of methods.values()) inFlight += counts.inFlight;
      this.set(inFlight);
    },
  });
  registerHistograms(registry, {
    name: 'grpc_request_latency_seconds',
    help: 'Seconds from the arrival of a request to the hand-over of its answer; for Chat, the life of the stream.',
    histograms: () => [...methods].map(([method, { latency }]) => [{ method }, latency] as const),
  });

  return {
    registry,
    forMethod(method, kind = 'unary') {
      const counts = methods.get(method) ?? new MethodCounts(kind);
      methods.set(method, counts);
      return counts;
    },
  };
}
