// How streams are taken before grpc-js sees them. It keeps its HTTP/2 servers in a private field, which is read here and
// nowhere else; the rest is Node's public interface: their one listener for streams is asked second. The compiler
// notices a renamed field, the checks below a changed one, tests/unit/server/short-road/ both.
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/** Gives a stream to grpc-js after all, with these headers. */
export type HandBack = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
/** Takes a new stream, or returns false. `flags` are those of its HEADERS frame. */
export type Take = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  handBack: HandBack,
) => boolean;

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw?: string[]) => void;

/** Offers each new stream of `server` to `take`. @returns what is not as expected; then nothing was changed. */
export function divertStreams(server: Server, take: Take): string | undefined {
  // biome-ignore lint/complexity/useLiteralKeys: the compiler lets a private field be read in this form only
  const servers: unknown = server['http2Servers'];
  if (!(servers instanceof Map) || servers.size === 0) return 'it has no map of HTTP/2 servers';
  const listeners = [...servers.keys()].map((http2Server: Http2Server) => ({
    http2Server,
    found: http2Server.listeners?.('stream') as OnStream[] | undefined,
  }));
  const odd = listeners.find(({ found }) => found?.length !== 1);
  if (odd) return `an HTTP/2 server of it has ${odd.found?.length ?? 'no'} listeners for streams, not one`;
  for (const { http2Server, found } of listeners) {
    const theirs = (found as OnStream[])[0] as OnStream;
    const handBack: HandBack = (stream, headers) => theirs.call(http2Server, stream, headers, 0);
    http2Server.removeListener('stream', theirs);
    const ours: OnStream = (stream, headers, flags, raw) => {
      if (!take(stream, headers, flags, handBack)) theirs.call(http2Server, stream, headers, flags, raw);
    };
    http2Server.on('stream', ours);
  }
  return undefined;
}
