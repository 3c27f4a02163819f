// Keeps grpc-js from cutting a connection whose server said GOAWAY. Node refuses to ping such a connection, grpc-js takes
// the refusal for a dead peer, and the calls that the server is still answering are lost: a roll of the Envoys would not
// be graceful for any call that outlasts the next keepalive ping.
import http2, { type ClientHttp2Session } from 'node:http2';

type Ping = ClientHttp2Session['ping'];
type PingCallback = (err: Error | null, durationMs: number, payload: Buffer) => void;

let isInstalled = false;

/** From now on pings to connections that are draining count as answered. Their calls end by their deadlines at the latest. */
export function spareDrainingConnections(): void {
  if (isInstalled) return;
  isInstalled = true;
  const { connect } = http2;
  const connectSparing = (...args: Parameters<typeof connect>): ClientHttp2Session => {
    const session = connect(...args);
    session.ping = sparingPing(session, session.ping.bind(session));
    return session;
  };
  // grpc-js looks `connect` up in the module each time.
  Object.assign(http2, { connect: connectSparing });
}

function sparingPing(session: ClientHttp2Session, ping: Ping): Ping {
  return (...args: unknown[]) => {
    if (!session.closed || session.destroyed) return Reflect.apply(ping, session, args);
    const callback = args.at(-1) as PingCallback;
    setImmediate(callback, null, 0, Buffer.alloc(8));
    return true;
  };
}
