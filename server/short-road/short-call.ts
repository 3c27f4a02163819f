// One call on the short road, from its headers to its trailers. The texts and the order of what is sent are grpc-js's
// (tests/server/roads.test.ts compares them), and so is what a deadline or a caller that goes away does.
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { status } from '@grpc/grpc-js';
import type { SendAnswer, UnaryCall } from '../calls';
import { prefixed, wholeMessage } from './ordinary';
import type { ShortMethod } from './short-method';

type Refused = Parameters<SendAnswer<unknown>>[0] & object;

export interface ShortCallOptions {
  readonly stream: ServerHttp2Stream;
  readonly method: ShortMethod;
  /** Infinity without a deadline. */
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
  /** Gives the stream to grpc-js. `timeoutMs` is what is left of the deadline. */
  readonly handBack: (timeoutMs: number) => void;
}

const HEADERS: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' };
const REPLY_HEADERS: OutgoingHttpHeaders = {
  ...HEADERS,
  'grpc-accept-encoding': 'identity,deflate,gzip',
  'grpc-encoding': 'identity',
};
const OK_TRAILERS: OutgoingHttpHeaders = { 'grpc-status': status.OK, 'grpc-message': 'OK' };
const WITH_TRAILERS = { waitForTrailers: true };
const AND_END = { endStream: true };

export class ShortCall implements UnaryCall<unknown> {
  request: unknown;
  /** The request's bytes, as long as grpc-js may still get the call. */
  private data: Buffer | undefined;
  private isOver = false;
  private readonly deadline: number;
  private readonly timer: NodeJS.Timeout | undefined;
  private onCancelled: (() => void) | undefined;

  constructor(private readonly options: ShortCallOptions) {
    const { stream, timeoutMs } = options;
    this.deadline = Date.now() + timeoutMs;
    if (timeoutMs !== Number.POSITIVE_INFINITY) this.timer = setTimeout(this.expire, timeoutMs);
    stream.on('error', ignore);
    stream.on('data', this.receive);
    stream.on('end', this.received);
    stream.on('close', this.closed);
  }

  getDeadline(): number {
    return this.deadline;
  }

  once(_event: 'cancelled', listener: () => void): void {
    this.onCancelled = listener;
  }

  private readonly receive = (data: Buffer): void => {
    if (this.isOver) return;
    const { method, maxMessageBytes } = this.options;
    const message = this.data === undefined ? wholeMessage(data, maxMessageBytes) : undefined;
    try {
      if (message !== undefined) {
        this.request = method.deserialize(message);
        this.data = data;
        return;
      }
    } catch {
      // grpc-js fails in the same way, and says so.
    }
    this.giveBack(data);
  };

  private readonly received = (): void => {
    if (this.isOver) return;
    if (this.data !== undefined) this.options.method.handler(this, this.answer);
    else this.giveBack();
  };

  private readonly answer: SendAnswer<unknown> = (refused, reply) => {
    const { stream, method, maxMessageBytes } = this.options;
    if (!this.finish()) return;
    if (refused) return this.refuse(refused);
    let message: Uint8Array;
    try {
      message = method.serialize(reply);
    } catch {
      return this.refuse({ code: status.INTERNAL, details: 'Error serializing response' });
    }
    if (message.length > maxMessageBytes) {
      const details = `Sent message larger than max (${message.length + 5} vs. ${maxMessageBytes})`;
      return this.refuse({ code: status.RESOURCE_EXHAUSTED, details });
    }
    stream.respond(REPLY_HEADERS, WITH_TRAILERS);
    stream.once('wantTrailers', sendOk);
    stream.end(prefixed(message));
  };

  /** A status without a message. */
  private refuse({ code, details }: Refused): void {
    const trailers = { ...HEADERS, 'grpc-status': code, 'grpc-message': encodeURI(details) };
    this.options.stream.respond(trailers, AND_END);
  }

  private readonly expire = (): void => {
    if (!this.finish()) return;
    this.refuse({ code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' });
    this.onCancelled?.();
  };

  private readonly closed = (): void => {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.onCancelled?.();
  };

  /** Ends the call. @returns whether there is still a caller to tell. */
  private finish(): boolean {
    const { stream } = this.options;
    if (this.isOver || stream.closed || stream.destroyed) return false;
    this.isOver = true;
    clearTimeout(this.timer);
    return true;
  }

  /** Leaves the stream as it was found, `latest` and what came before it to be read again, and grpc-js to serve it. */
  private giveBack(latest?: Buffer): void {
    const { stream, handBack } = this.options;
    this.isOver = true;
    clearTimeout(this.timer);
    stream.off('error', ignore);
    stream.off('data', this.receive);
    stream.off('end', this.received);
    stream.off('close', this.closed);
    stream.pause();
    if (latest !== undefined) stream.unshift(latest);
    if (this.data !== undefined) stream.unshift(this.data);
    handBack(Math.max(0, this.deadline - Date.now()));
    // It ended without a byte, and said so before grpc-js could listen.
    if (latest === undefined) stream.emit('end');
  }
}

function sendOk(this: ServerHttp2Stream): void {
  this.sendTrailers(OK_TRAILERS);
}

/** Node throws an 'error' that has no listener. 'close' follows, and that one is handled. */
function ignore(): void {}
