// What became of a call. A failed call is a value like any other: it is counted, logged, and the loop goes on.
import type { ScheduledCall } from './schedule';

export interface Outcome {
  /** Name of the gRPC status: `OK`, `UNAVAILABLE`, … */
  readonly code: string;
  /** The server's words if OK, else the details of the status. */
  readonly text: string;
  /** The server pod that answered; empty when none did. */
  readonly pod: string;
  /** The Envoy pod that the answer came through; empty when there was none or it did not say. */
  readonly via: string;
  /** How often an upstream was asked, all layers together; 0 when the call never left this process. */
  readonly attempts: number;
  /** From the moment of sending to the end of the call, retries included (ms). See latencyFromDueMs(). */
  readonly latencyMs: number;
}

/** Where a message on a Chat stream was answered. */
export interface StreamPlace {
  /** From 1. */
  readonly stream: number;
  /** 1, and one more each time that this stream broke and was opened again. */
  readonly opening: number;
}

/** An outcome with its place in the schedule. */
export interface CallRecord extends Outcome, ScheduledCall {}

/** A call as the ledger has it: everything but the words of the answer. Times are ms since the epoch with a fraction. */
export type LedgerLine = Omit<CallRecord, 'text'> & Partial<StreamPlace>;

/**
 * From when the schedule wanted the call to its end (ms): how long a user who asked then waited. It includes what held
 * the call up before it was sent; latencyMs leaves that out, and covers only the way and the servers.
 */
export function latencyFromDueMs(call: Pick<CallRecord, 'intendedMs' | 'sentMs' | 'latencyMs'>): number {
  return call.sentMs + call.latencyMs - call.intendedMs;
}
