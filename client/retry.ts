// The client's own retry layer, around the one of grpc-js: decides what is worth asking again, when, and how often.
// SayHello may be executed twice without harm (greeter.proto, idempotency_level); for another method nothing here would be
// allowed: a reset does not say whether the call was executed.
import { status } from '@grpc/grpc-js';

/** Attempts of this process for one call, those of grpc-js included; after that a further one is hopeless. */
const MAX_ATTEMPTS = 6;
const FIRST_BACKOFF_MS = 25;
const MAX_BACKOFF_MS = 500;

// The texts are those of grpc-js, lib file subchannel-call. It retries none of these: either the code is not
// UNAVAILABLE, as when Envoy resets a stream with NO_ERROR, or headers had come and the call was committed.
const STREAM_LOST: Readonly<Partial<Record<status, RegExp>>> = {
  [status.UNAVAILABLE]: /^/,
  [status.INTERNAL]: /^(Received RST_STREAM with code \d+|Write error: )/,
  // Not ours: a call that this client cancels says "Cancelled on client".
  [status.CANCELLED]: /^Call cancelled$/,
  [status.UNKNOWN]: /^(No status information received|Received HTTP status code (200|5\d\d))$/,
};

/**
 * How long an answer may take from its headers to its end, ms. The server sends both in one piece, so an answer that began
 * and does not end is lost: its pod is frozen. Envoy has passed the headers on by then and may not ask another pod.
 */
export const UNFINISHED_ANSWER_MS = 1000;

/** Whether a status means that the way to the server broke, and not that the server refused. */
export function isRetryable(code: status, details: string): boolean {
  return STREAM_LOST[code]?.test(details) ?? false;
}

/** Keeps retries a small part of the traffic when everything fails: one token each, a tenth back per success. */
export class RetryBudget {
  #tokens: number;

  constructor(
    private readonly maxTokens = 500,
    private readonly tokensPerSuccess = 0.1,
  ) {
    this.#tokens = maxTokens;
  }

  addSuccess(): void {
    this.#tokens = Math.min(this.#tokens + this.tokensPerSuccess, this.maxTokens);
  }

  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

export interface RetryState {
  /** Retries that this layer has made for the call. */
  readonly retriesDone: number;
  /** Attempts that this process has made for the call. */
  readonly attemptsDone: number;
  readonly remainingMs: number;
}

/**
 * How long to wait before the next attempt (ms), or undefined for no further attempt: too many were made, or the
 * deadline would pass while waiting. `random` is in [0, 1).
 */
export function nextBackoffMs(
  { retriesDone, attemptsDone, remainingMs }: RetryState,
  random: number,
): number | undefined {
  if (attemptsDone >= MAX_ATTEMPTS) return undefined;
  const longestMs = Math.min(FIRST_BACKOFF_MS * 2 ** retriesDone, MAX_BACKOFF_MS);
  // Between half and all of it, so that calls which failed together do not come back together.
  const backoffMs = longestMs * (0.5 + random / 2);
  return backoffMs < remainingMs ? backoffMs : undefined;
}
