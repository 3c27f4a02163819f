// A server made of bare HTTP/2, for what grpc-js would never send: it answers each stream as a test says.
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Greeter } from '../../proto/load';

/** `cut` ends the connections of the server with no word. */
export type Answer = (stream: ServerHttp2Stream, cut: () => void) => void;

export interface Http2Server {
  readonly port: number;
  /** Streams that came so far. */
  readonly streams: number;
  /** Connections that came so far. */
  readonly sessions: number;
  readonly env: Record<string, string>;
}

/** Answers the n-th stream with `answers[n]`, with the last of them from then on. Is gone when the test is over. */
export async function startHttp2Server(
  t: Pick<TestContext, 'after'>,
  answers: readonly [Answer, ...Answer[]],
): Promise<Http2Server> {
  const server = createServer();
  const sockets = new Set<Socket>();
  const counts = { streams: 0, sessions: 0 };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    counts.sessions += 1;
    session.on('error', () => {
      // A cut that the test asked for.
    });
  });
  server.on('stream', (stream) => {
    const answer = answers[Math.min(counts.streams, answers.length - 1)] as Answer;
    counts.streams += 1;
    stream.on('error', () => {
      // As above.
    });
    stream.on('data', () => {});
    // Answered when the request is complete: before that Node turns some resets into others. A client that is slow may
    // have given it up by then.
    stream.on('end', () => {
      if (!stream.destroyed) answer(stream, cut);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    cut();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get streams() {
      return counts.streams;
    },
    get sessions() {
      return counts.sessions;
    },
    env: { GRPC_SERVER_DOMAIN: '127.0.0.1', GRPC_SERVER_PORT: String(port) },
  };
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

/** A complete answer from `pod`. */
export function answerOk(pod = 'grpc-server-1'): Answer {
  return (stream) => {
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(frame({ message: 'Hello, world!', pod }));
  };
}

/** An answer without a message, and with `trailers` in its headers. */
export function answerTrailersOnly(trailers: Readonly<Record<string, string>>): Answer {
  return (stream) => stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
}

/** RST_STREAM with `code`, before any header. */
export function reset(code: number): Answer {
  return (stream) => stream.close(code);
}

/** Headers and part of a message, then RST_STREAM with `code`. */
export function resetAfterHeaders(code: number): Answer {
  return (stream) => {
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.write(frame({ message: 'Hello, world!', pod: 'grpc-server-1' }).subarray(0, 7), () => {
      setImmediate(() => stream.close(code));
    });
  };
}

/** Headers, and no more. */
export function standStillAfterHeaders(stream: ServerHttp2Stream): void {
  stream.respond(HEADERS);
}

/** Headers, and the rest of the answer `delayMs` later. */
export function answerSlowly(delayMs: number): Answer {
  return (stream) => {
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    setTimeout(() => stream.end(frame({ message: 'Hello, world!', pod: 'grpc-server-1' })), delayMs);
  };
}

/** Headers and a message, then the end of the stream with no status. */
export function endWithoutStatus(stream: ServerHttp2Stream): void {
  stream.respond(HEADERS);
  stream.end(frame({ message: 'Hello, world!', pod: 'grpc-server-1' }));
}

/** Cuts the connection under the stream. */
export function cutConnection(_stream: ServerHttp2Stream, cut: () => void): void {
  cut();
}

function frame(reply: { message: string; pod: string }): Buffer {
  const message = Greeter.service.SayHello.responseSerialize(reply);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
