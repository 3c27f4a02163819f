// One Chat stream for life, opened by its first message. Answers come in the order of the messages. When the stream
// ends it is opened again, and what was not answered is asked once more, until its deadline. Where it ended with OK, the
// server has not begun that (greeter.proto). Where it broke, a greeting may be made twice: a message that must not be needs
// an id by which the server knows it again.
import { type ClientDuplexStream, type Metadata, type StatusObject, status } from '@grpc/grpc-js';
import type { HelloReply__Output } from '../proto/generated/greeter/v1/HelloReply';
import type { HelloRequest } from '../proto/generated/greeter/v1/HelloRequest';
import { statusName } from '../runtime/errors';
import { wireName, wireText } from '../runtime/wire-text';
import type { Clock, Timer } from './clock';
import { ENVOY_POD } from './envoy-headers';
import type { Outcome, StreamPlace } from './outcome';
import { nextBackoffMs } from './retry';

export interface ChatStreamOptions {
  /** From 1. */
  readonly stream: number;
  readonly request: HelloRequest;
  /** Time a message may wait for its answer, other streams' turns included. */
  readonly deadlineMs: number;
  /** false: a message whose stream broke has failed; one that the server left at the end of a stream has not. */
  readonly retries: boolean;
  readonly clock: Clock;
  open(): ClientDuplexStream<HelloRequest, HelloReply__Output>;
  /** Told how the stream ended, and how many messages it left unanswered. */
  onEnd(end: StreamEnd): void;
}

export interface StreamEnd extends StreamPlace {
  /** Name of the status. */
  readonly code: string;
  readonly detail: string;
  readonly unanswered: number;
}

interface Message {
  readonly sentMs: number;
  attempts: number;
  readonly resolve: (outcome: Outcome & StreamPlace) => void;
}

type Call = ClientDuplexStream<HelloRequest, HelloReply__Output>;

export class ChatStream {
  #call: Call | undefined;
  /** Oldest first; answers come in this order. */
  #unanswered: Message[] = [];
  #openings = 0;
  #lossesInARow = 0;
  #via = '';
  #isClosing = false;
  #reopenTimer: Timer | undefined;
  #deadlineTimer: Timer | undefined;

  constructor(private readonly options: ChatStreamOptions) {}

  /** Sends a message; resolves with its answer, or with what became of it by its deadline. Never rejects. */
  ask(): Promise<Outcome & StreamPlace> {
    return new Promise((resolve) => {
      const message = { sentMs: this.options.clock.now(), attempts: 0, resolve };
      this.#unanswered.push(message);
      if (this.#unanswered.length === 1) this.#watchDeadline();
      if (this.#call !== undefined) this.#send(this.#call, message);
      else if (this.#reopenTimer === undefined) this.#open();
    });
  }

  /** Says that nothing more comes; resolves when the server has ended the stream too. */
  close(): Promise<void> {
    this.#isClosing = true;
    this.#reopenTimer?.cancel();
    this.#deadlineTimer?.cancel();
    const call = this.#call;
    if (call === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      call.on('status', () => resolve());
      call.end();
    });
  }

  #open(): void {
    const call = this.options.open();
    this.#call = call;
    this.#openings += 1;
    this.#via = '';
    call.on('metadata', (headers: Metadata) => {
      this.#via = wireName(headers.get(ENVOY_POD)[0]?.toString() ?? '');
    });
    call.on('data', (reply: HelloReply__Output) => this.#onReply(call, reply));
    call.on('error', () => {
      // `status` says the same, and comes without an error too.
    });
    call.on('status', (end: StatusObject) => this.#onEnd(call, end));
    for (const message of this.#unanswered) this.#send(call, message);
  }

  #send(call: Call, message: Message): void {
    message.attempts += 1;
    call.write(this.options.request);
  }

  #onReply(call: Call, { message: text, pod }: HelloReply__Output): void {
    // Late, on a stream that was given up: the message is no longer the oldest.
    if (call !== this.#call) return;
    this.#lossesInARow = 0;
    this.#resolveOldest({ code: 'OK', text: wireText(text), pod: wireName(pod) });
    this.#watchDeadline();
  }

  #onEnd(call: Call, { code, details: said }: Pick<StatusObject, 'code' | 'details'>): void {
    if (call !== this.#call) return;
    this.#call = undefined;
    if (this.#isClosing) return;
    const { stream, retries, clock, onEnd } = this.options;
    const details = wireText(said);
    const unanswered = this.#unanswered.length;
    onEnd({ stream, opening: this.#openings, code: statusName(code), detail: details, unanswered });
    if (!retries && code !== status.OK) {
      while (this.#unanswered.length > 0) this.#resolveOldest({ code: statusName(code), text: details, pod: '' });
    }
    const backoff = { retriesDone: this.#lossesInARow, attemptsDone: 0, remainingMs: Number.POSITIVE_INFINITY };
    this.#lossesInARow += 1;
    this.#reopenTimer = clock.setTimer(() => {
      this.#reopenTimer = undefined;
      this.#open();
    }, nextBackoffMs(backoff, Math.random()) ?? 0);
  }

  /** The oldest message is the first whose time is up. */
  #watchDeadline(): void {
    this.#deadlineTimer?.cancel();
    const [oldest] = this.#unanswered;
    if (oldest === undefined) return;
    const { clock, deadlineMs } = this.options;
    this.#deadlineTimer = clock.setTimer(() => this.#giveUp(), oldest.sentMs + deadlineMs - clock.now());
  }

  /** A stream that kept a message waiting for so long is not to be trusted with the others. */
  #giveUp(): void {
    const text = `no answer on the stream within ${this.options.deadlineMs} ms`;
    this.#resolveOldest({ code: statusName(status.DEADLINE_EXCEEDED), text, pod: '' });
    this.#watchDeadline();
    const call = this.#call;
    if (call === undefined) return;
    this.#onEnd(call, { code: status.CANCELLED, details: text });
    call.cancel();
  }

  #resolveOldest(result: Pick<Outcome, 'code' | 'text' | 'pod'>): void {
    const message = this.#unanswered.shift();
    if (message === undefined) return;
    const { stream, clock } = this.options;
    const { attempts, sentMs, resolve } = message;
    const latencyMs = clock.now() - sentMs;
    resolve({ ...result, via: this.#via, attempts, latencyMs, stream, opening: this.#openings });
  }
}
