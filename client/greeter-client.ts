// One logical call: SayHello with a deadline, retried inside it. Returns an outcome and never throws. Knows neither the
// schedule nor who reads the outcome.
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { HelloReply__Output } from '../proto/generated/greeter/v1/HelloReply';
import type { HelloRequest } from '../proto/generated/greeter/v1/HelloRequest';
import { statusName, toError } from '../runtime/errors';
import { wireName, wireText } from '../runtime/wire-text';
import { countAttempts } from './attempts';
import { type Connection, connect } from './channel';
import { type Clock, systemClock, type Timer } from './clock';
import type { ClientConfig } from './config';
import { ENVOY_POD } from './envoy-headers';
import type { Outcome, StreamPlace } from './outcome';
import { isRetryable, nextBackoffMs, RetryBudget, UNFINISHED_ANSWER_MS } from './retry';

export interface GreeterClient {
  /** Resolves when calls need not wait for a connection, or when they still must after `withinMs`. */
  ready(withinMs: number): Promise<void>;
  /** Never rejects. The outcome has its place when it came over a stream. */
  greet(): Promise<Outcome & Partial<StreamPlace>>;
  close(): void | Promise<void>;
}

export type GreeterConfig = Pick<
  ClientConfig,
  | 'domain'
  | 'port'
  | 'dnsServer'
  | 'lbPolicy'
  | 'retries'
  | 'libraryDefaults'
  | 'deadlineMs'
  | 'greetingName'
  | 'podName'
>;

interface Attempt {
  readonly code: status;
  readonly text: string;
  readonly pod: string;
  readonly via: string;
  /** Attempts of grpc-js that left this process. */
  readonly sent: number;
  readonly upstream: number;
}

type FailedAttempt = Pick<ServiceError, 'code' | 'details'> & Partial<Pick<ServiceError, 'metadata'>>;

const UNFINISHED: FailedAttempt = {
  code: status.UNAVAILABLE,
  details: `the answer began and did not end within ${UNFINISHED_ANSWER_MS} ms`,
};

/** A client on one connection for its whole life. */
export function createGreeterClient(
  config: GreeterConfig,
  connection: Connection = connect(config),
  clock: Clock = systemClock,
): GreeterClient {
  const request: HelloRequest = { name: config.greetingName, client: config.podName };
  // Only metadata can ask a call to wait for a connection; grpc-js parses the service config's waitForReady and ignores it.
  const metadata = new Metadata({ waitForReady: !config.libraryDefaults });
  const budget = new RetryBudget();

  async function greet(): Promise<Outcome> {
    const startMs = clock.now();
    const deadlineMs = Date.now() + config.deadlineMs;
    let sent = 0;
    let upstream = 0;
    for (let retriesDone = 0; ; retriesDone++) {
      const attempt = await ask(deadlineMs);
      sent += attempt.sent;
      upstream += attempt.upstream;
      if (attempt.code === status.OK) {
        budget.addSuccess();
        return toOutcome(attempt, upstream, clock.now() - startMs);
      }
      const backoffMs =
        config.retries && isRetryable(attempt.code, attempt.text)
          ? nextBackoffMs({ retriesDone, attemptsDone: sent, remainingMs: deadlineMs - Date.now() }, Math.random())
          : undefined;
      if (backoffMs === undefined || !budget.take()) return toOutcome(attempt, upstream, clock.now() - startMs);
      await new Promise<void>((resolve) => clock.setTimer(resolve, backoffMs));
    }
  }

  function ask(deadline: number): Promise<Attempt> {
    return new Promise((resolve) => {
      let headers: Metadata | undefined;
      let unfinishedTimer: Timer | undefined;
      try {
        const call = connection.stub.SayHello(request, metadata, { deadline }, (error, reply) => {
          unfinishedTimer?.cancel();
          resolve(toAttempt(error, reply, headers));
        });
        call.on('metadata', (received: Metadata) => {
          headers = received;
          // Without retries nothing is gained by giving up before the deadline.
          if (!config.retries) return;
          unfinishedTimer = clock.setTimer(() => {
            resolve(toAttempt(UNFINISHED, undefined, received));
            call.cancel();
          }, UNFINISHED_ANSWER_MS);
        });
      } catch (thrown) {
        // grpc-js throws when a call is begun on a channel that was closed.
        resolve({ code: status.CANCELLED, text: toError(thrown).message, pod: '', via: '', sent: 0, upstream: 0 });
      }
    });
  }

  return { greet, ready: (withinMs) => connection.ready(withinMs), close: () => connection.close() };
}

function toAttempt(
  error: FailedAttempt | null,
  reply: HelloReply__Output | undefined,
  headers: Metadata | undefined,
): Attempt {
  const code = error?.code ?? status.OK;
  const text = error?.details ?? reply?.message ?? '';
  const metadata = headers ?? error?.metadata;
  const via = wireName(metadata?.get(ENVOY_POD)[0]?.toString() ?? '');
  return { code, text, pod: wireName(reply?.pod ?? ''), via, ...countAttempts(code, text, metadata) };
}

function toOutcome({ code, text, pod, via }: Attempt, attempts: number, latencyMs: number): Outcome {
  return { code: statusName(code), text: wireText(text), pod, via, attempts, latencyMs };
}
