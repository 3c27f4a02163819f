// How a function that answers one request becomes a gRPC handler. Whatever the function does (answer, refuse, throw,
// reject, never settle) the call ends with one status and is recorded once. Knows nothing of greeting.
import { once } from 'node:events';
import { type handleBidiStreamingCall, status } from '@grpc/grpc-js';
import { toError } from '../runtime/errors';
import type { Logger } from '../runtime/log';
import type { CallRecord, StartRecord } from './call-record';
import { endable } from './endable';
import type { WatchAge } from './stream-age';

export type Answer<Reply> = { readonly ok: true; readonly reply: Reply } | Refusal;
export type Refusal = { readonly ok: false; readonly code: status; readonly details: string };
export type Responder<Request, Reply> = (request: Request) => Answer<Reply> | Promise<Answer<Reply>>;
/** Puts something between requests that have a name and the function that answers them, such as the faults of faults/. */
export type Wrap = <Request extends { readonly name: string }, Reply>(
  respond: Responder<Request, Reply>,
) => Responder<Request, Reply>;

/** What a unary handler asks of its call: a part of grpc-js's ServerUnaryCall, which the short road has as well. */
export interface UnaryCall<Request> {
  readonly request: Request;
  /** Date or ms since the Unix epoch; Infinity for none. */
  getDeadline(): Date | number;
  /** Calls `listener` when the caller went away, or its deadline passed. */
  once(event: 'cancelled', listener: () => void): unknown;
}
/** Ends a call with a reply or a status. A call that has ended already takes no notice. */
export type SendAnswer<Reply> = (
  refused: { readonly code: status; readonly details: string } | null,
  reply?: Reply,
) => void;
/** Answers once, now or later. Does not throw. */
export type UnaryHandler<Request, Reply> = (call: UnaryCall<Request>, callback: SendAnswer<Reply>) => void;

/** Every request says which client sent it. */
interface Identified {
  readonly client: string;
}

export interface HandlerDeps<Request, Reply> {
  readonly respond: Responder<Request, Reply>;
  readonly startRecord: StartRecord;
  readonly log: Logger;
}

export interface StreamDeps<Request, Reply> extends HandlerDeps<Request, Reply> {
  /** Undefined: a stream ends when its caller has, or goes away. */
  readonly watchAge?: WatchAge | undefined;
}

/** One request, one reply, on either road. */
export function unaryHandler<Request extends Identified, Reply>({
  respond,
  startRecord,
  log,
}: HandlerDeps<Request, Reply>): UnaryHandler<Request, Reply> {
  return (call, callback) => {
    const record = startRecord(call.request.client);
    const finish = (answer: Answer<Reply>) => {
      record.end(answer.ok ? status.OK : answer.code);
      if (answer.ok) callback(null, answer.reply);
      else callback({ code: answer.code, details: answer.details });
    };
    const answer = attempt(respond, call.request, log);
    if (!(answer instanceof Promise)) return finish(answer);
    call.once('cancelled', () => record.end(cancelledBy(call.getDeadline())));
    answer.then(finish);
  };
}

/**
 * One reply per request, in order, read no faster than the peer takes the replies. A refusal ends the stream, and so does
 * its age, with OK: the request that is being answered then is answered, and no later one was begun.
 */
export function bidiHandler<Request extends Identified, Reply>({
  respond,
  startRecord,
  log,
  watchAge,
}: StreamDeps<Request, Reply>): handleBidiStreamingCall<Request, Reply> {
  return (stream) => {
    const record: CallRecord = startRecord('');
    const gone = new AbortController();
    stream.once('close', () => gone.abort());
    stream.once('cancelled', () => record.end(cancelledBy(stream.getDeadline())));
    // The default would destroy the stream on a refusal, and with it the status that is still to be sent.
    const requests = endable(stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>);
    const endWatch = watchAge?.(requests.end);
    if (endWatch !== undefined) stream.once('close', endWatch);

    const converse = async (): Promise<Refusal | undefined> => {
      for await (const request of requests) {
        record.client ||= request.client;
        const answer = await attempt(respond, request, log);
        if (!answer.ok) return answer;
        record.message();
        if (!stream.write(answer.reply)) await once(stream, 'drain', { signal: gone.signal });
      }
      return undefined;
    };
    converse().then(
      (refusal) => {
        record.end(refusal?.code ?? status.OK);
        // grpc-js takes an 'error' event as the status to end with, after the replies already written.
        if (refusal) stream.emit('error', Object.assign(new Error(refusal.details), refusal));
        else stream.end();
      },
      () => record.end(cancelledBy(stream.getDeadline())),
    );
  };
}

const FAILED: Refusal = { ok: false, code: status.INTERNAL, details: 'the server failed to handle this request' };

/** `respond`'s answer; a throw or a rejection is a bug of ours, which the log gets and the peer does not. */
function attempt<Request, Reply>(
  respond: Responder<Request, Reply>,
  request: Request,
  log: Logger,
): Answer<Reply> | Promise<Answer<Reply>> {
  const failed = (thrown: unknown): Refusal => {
    log.error({ err: toError(thrown) }, 'handler failed');
    return FAILED;
  };
  try {
    const answer = respond(request);
    return answer instanceof Promise ? answer.catch(failed) : answer;
  } catch (thrown) {
    return failed(thrown);
  }
}

/** Why the peer got no answer: its deadline passed (timers may be a millisecond early), or it went away. */
function cancelledBy(deadline: Date | number): status {
  return Date.now() >= Number(deadline) - 1 ? status.DEADLINE_EXCEEDED : status.CANCELLED;
}
