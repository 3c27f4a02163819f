// One gRPC call over node:http2, below any gRPC library, so that headers, framing and message bytes can be anything.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { statusName } from '../../runtime/errors';
import { errorName } from './http2-frames';

export interface RawCall {
  readonly path?: string;
  readonly method?: string;
  /** Added to, or in place of, what a correct call sends; undefined removes a header. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** Leaves the stream open after the body. */
  readonly unfinished?: boolean;
  /** Resets the stream this long after the body was written. */
  readonly cancelAfterMs?: number;
}

/** The server's answer, as short as a test needs it: `OK`, another status name, `http 415`, `reset CODE`, `closed`. */
export interface RawAnswer {
  readonly outcome: string;
  readonly details: string;
  /** The reply's bytes without the length prefix. */
  readonly reply: Buffer;
}

/** A length-prefixed message. */
export function framed(message: Buffer, { flag = 0, length = message.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

export function openSession(port: number, host = '127.0.0.1'): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    // Node's client refuses answers while more than 10 MB are on their way out; here that would hide the server's.
    const session = connect(`http://${host}:${port}`, { maxSessionMemory: 1000 });
    session.once('connect', () => resolve(session));
    session.once('error', reject);
    session.on('error', () => {
      // After the connection stands, each stream reports its own end.
    });
  });
}

export function rawCall(session: ClientHttp2Session, call: RawCall, patienceMs = 60_000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request({
        ':method': call.method ?? 'POST',
        ':path': call.path ?? '/greeter.v1.Greeter/SayHello',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...call.headers,
      });
    } catch (thrown) {
      return resolve({ outcome: `refused by the client: ${thrown}`, details: '', reply: Buffer.alloc(0) });
    }
    const chunks: Buffer[] = [];
    let httpStatus = 0;
    let grpcStatus: string | undefined;
    let details = '';
    const timer = setTimeout(() => finish('silence'), patienceMs);
    function finish(outcome: string) {
      clearTimeout(timer);
      resolve({ outcome, details, reply: Buffer.concat(chunks).subarray(5) });
    }
    const note = (headers: Record<string, unknown>) => {
      if (headers[':status']) httpStatus = Number(headers[':status']);
      if (headers['grpc-status'] === undefined) return;
      grpcStatus = statusName(Number(headers['grpc-status']));
      details = String(headers['grpc-message'] ?? '');
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('error', () => {
      // 'close' follows, and knows the code.
    });
    // The server may be done with a call that the client has not finished.
    stream.on('end', () => grpcStatus && stream.close());
    stream.on('close', () => {
      if (grpcStatus) finish(grpcStatus);
      else if (httpStatus && httpStatus !== 200) finish(`http ${httpStatus}`);
      else if (stream.rstCode) finish(`reset ${errorName(stream.rstCode)}`);
      else finish('closed');
    });
    if (call.body) stream.write(call.body);
    if (!call.unfinished) stream.end();
    if (call.cancelAfterMs !== undefined) setTimeout(() => stream.close(8), call.cancelAfterMs);
  });
}
