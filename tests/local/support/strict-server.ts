// A server that treats pings as gRPC's own servers in Go, Python and Java do by default, where grpc-js takes any number:
// more than two that come within five minutes of the one before, with nothing sent in between, and the connection is
// ended with all its streams (gRPC's proposal A8). It answers health checks, and echoes on every other path.
import { constants, createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';

const ALLOWED_EVERY_MS = 5 * 60_000;
const ALLOWED_STRIKES = 2;
/** A gRPC message: not compressed, two bytes, field 1 (status) is 1 (SERVING). */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]);

export interface StrictServer {
  /** Pings on connections that carry other calls than health checks. */
  pings(): number;
  /** Connections that it ended for their pings. */
  readonly ended: number;
  stop(): void;
}

export async function startStrictServer(host: string, port: number): Promise<StrictServer> {
  const server = createServer();
  const sessions = new Map<Http2Session, Visitor>();
  let ended = 0;
  server.on('session', (session) => {
    const visitor: Visitor = { pings: 0, strikes: 0, pingedMs: undefined, isCaller: false };
    sessions.set(session, visitor);
    session.on('error', () => session.destroy());
    session.on('ping', () => {
      if (!isStrikeOut(visitor, Date.now())) return;
      ended += 1;
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from('too_many_pings'));
      session.destroy();
    });
  });
  server.on('stream', (stream, headers) => {
    const visitor = stream.session && sessions.get(stream.session);
    if (visitor === undefined) return stream.close();
    stream.on('error', () => stream.destroy());
    // What is sent clears the count: so a connection that only checks health is never ended.
    visitor.strikes = 0;
    if (headers[':path'] === '/grpc.health.v1.Health/Check') return answer(stream, SERVING);
    visitor.isCaller = true;
    return echo(stream, visitor);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    pings: () => [...sessions.values()].reduce((sum, { isCaller, pings }) => sum + (isCaller ? pings : 0), 0),
    get ended() {
      return ended;
    },
    stop: () => {
      server.close();
      for (const session of sessions.keys()) session.destroy();
    },
  };
}

interface Visitor {
  pings: number;
  strikes: number;
  pingedMs: number | undefined;
  isCaller: boolean;
}

/** Counts a ping; true when it is one too many. */
function isStrikeOut(visitor: Visitor, nowMs: number): boolean {
  const isTooSoon = visitor.pingedMs !== undefined && nowMs - visitor.pingedMs < ALLOWED_EVERY_MS;
  visitor.pings += 1;
  visitor.pingedMs = nowMs;
  if (isTooSoon) visitor.strikes += 1;
  return visitor.strikes > ALLOWED_STRIKES;
}

function begin(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
}

function answer(stream: ServerHttp2Stream, message: Buffer): void {
  begin(stream);
  stream.resume().end(message);
}

function echo(stream: ServerHttp2Stream, visitor: Visitor): void {
  begin(stream);
  stream.on('data', (chunk) => {
    visitor.strikes = 0;
    stream.write(chunk);
  });
  stream.on('end', () => stream.end());
}
