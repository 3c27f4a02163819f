// How often an upstream was asked for one call of grpc-js, read from what grpc-js and Envoy say about it.
import { type Metadata, status } from '@grpc/grpc-js';
import { ENVOY_ATTEMPTS } from './envoy-headers';

/** Set by grpc-js on the headers of a call that it retried, or on the trailers if no headers came. */
const PREVIOUS_ATTEMPTS = 'grpc-previous-rpc-attempts';

/** No layer makes as many for one call: a greater number is not believed. */
const MOST_ATTEMPTS = 1000;

export interface Attempts {
  /** Attempts that left this process. */
  readonly sent: number;
  /** The same, and those that Envoy added to the last one. */
  readonly upstream: number;
}

/** Reads the attempts of a call that ended with `code`; `metadata` are its headers, or its trailers if none came. */
export function countAttempts(code: status, details: string, metadata: Metadata | undefined): Attempts {
  // A call that grpc-js ended by its own timer has no metadata; then the details tell.
  const timeout = code === status.DEADLINE_EXCEEDED ? details : '';
  const inDetails = /previous attempts: (\d+)/.exec(timeout)?.[1];
  const previous = numberOf(metadata, PREVIOUS_ATTEMPTS) ?? toCount(inDetails) ?? 0;
  if (/Waiting for LB pick|waiting for (name resolution|metadata filters)/.test(timeout)) {
    return { sent: previous, upstream: previous };
  }
  return { sent: previous + 1, upstream: previous + (numberOf(metadata, ENVOY_ATTEMPTS) ?? 1) };
}

function numberOf(metadata: Metadata | undefined, key: string): number | undefined {
  return toCount(metadata?.get(key)[0]?.toString());
}

function toCount(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= 0 && value <= MOST_ATTEMPTS ? value : undefined;
}
