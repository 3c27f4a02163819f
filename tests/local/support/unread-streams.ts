// A caller that sends on Chat streams and reads none of the replies.
import type { ClientHttp2Stream } from 'node:http2';
import { framed, openSession } from '../../server/http2-call';

export interface UnreadStreams {
  /** Bytes that were handed to the connections; stands still once their windows are full. */
  readonly sentBytes: number;
  /** Streams that the other side ended, by how. */
  readonly ended: Readonly<Record<string, number>>;
  close(): void;
}

/** A greeting whose answer is a third longer; 4 KiB of them. */
const NAME = 'x'.repeat(250);
const BATCH = Buffer.concat(new Array(16).fill(framed(Buffer.from(`\x0a\xfa\x01${NAME}`, 'latin1'))));
/** Slow enough for Envoy to look at its heap meanwhile, which it does every 0.25 s. */
const PAUSE_MS = 50;

/** Opens `streams` streams on a connection to `host`:`port` and sends on each until its windows are full. */
export async function openUnreadStreams(host: string, port: number, streams: number): Promise<UnreadStreams> {
  const session = await openSession(port, host);
  const ended: Record<string, number> = {};
  let sentBytes = 0;
  const send = (stream: ClientHttp2Stream) => {
    if (stream.destroyed) return;
    // Counted when the connection has taken it, not when Node has queued it.
    stream.write(BATCH, (error) => {
      if (error) return;
      sentBytes += BATCH.length;
      setTimeout(send, PAUSE_MS, stream);
    });
  };
  for (let n = 0; n < streams; n += 1) {
    const headers = { ':method': 'POST', ':path': '/greeter.v1.Greeter/Chat', 'content-type': 'application/grpc' };
    const stream = session.request({ ...headers, te: 'trailers' });
    stream.on('error', () => {
      // 'close' follows, and knows the code.
    });
    stream.on('close', () => {
      ended[`${stream.rstCode}`] = (ended[`${stream.rstCode}`] ?? 0) + 1;
    });
    send(stream);
  }
  return {
    get sentBytes() {
      return sentBytes;
    },
    ended,
    close: () => session.destroy(),
  };
}
