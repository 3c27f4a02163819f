// What is kept of a call: one count, one duration, and at debug level one line. It is on the path of every call, so it
// does no more than a few additions when debug lines are off.
import type { status } from '@grpc/grpc-js';
import { statusName } from '../runtime/errors';
import type { Logger } from '../runtime/log';
import { printable } from '../runtime/wire-text';
import type { MethodMetrics } from './metrics';

/** A call from its first moment to its last. */
export interface CallRecord {
  /** What the caller calls itself; settable because a stream learns it with its first message. */
  client: string;
  /** Counts a message of a stream that was handled, whether or not its answer arrives. */
  message(): void;
  /** Counts the call. Only the first end counts: a call that was answered is reported as cancelled right after. */
  end(code: status): void;
}

/** Starts the record of one call. */
export type StartRecord = (client: string) => CallRecord;

export interface RecordDeps {
  readonly method: string;
  readonly metrics: MethodMetrics;
  readonly podName: string;
  readonly log: Logger;
}

export function createRecorder({ method, metrics, podName, log }: RecordDeps): StartRecord {
  const debugs = log.isLevelEnabled('debug');

  class Call implements CallRecord {
    private readonly startedMs = performance.now();
    private ended = false;
    constructor(public client: string) {
      metrics.begin();
    }
    message(): void {
      metrics.message();
    }
    end(code: status): void {
      if (this.ended) return;
      this.ended = true;
      const latencyMs = performance.now() - this.startedMs;
      metrics.end(code, latencyMs / 1000);
      if (!debugs) return;
      const facts = { method, code: statusName(code), latencyMs: Math.round(latencyMs * 1000) / 1000 };
      log.debug(facts, `Received a request from ${podName}: ${printable(this.client)}`);
    }
  }
  return (client) => new Call(client);
}
