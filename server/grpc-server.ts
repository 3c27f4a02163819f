// The gRPC port: its limits, how it opens, and how it closes without losing a call. Knows no particular service.
import { Server, ServerCredentials, type ServerOptions, setLogger } from '@grpc/grpc-js';
import { StartError } from '../runtime/errors';
import { delay } from '../runtime/lifecycle';
import type { Logger } from '../runtime/log';
import { printableText } from '../runtime/wire-text';
import type { ShortMethod } from './short-road/short-method';
import { openShortRoad } from './short-road/short-road';

/** Adds one service or more to a server that is not open yet. */
export type AddServices = (server: Pick<Server, 'addService'>) => void;

/** The largest message in either direction, in bytes. A greeting needs a few hundred; the library would take 4 MiB. */
export const MAX_MESSAGE_BYTES = 65_536;

const OPTIONS: ServerOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  // Per connection. Envoy opens another one when it has more calls in flight than this.
  'grpc.max_concurrent_streams': 256,
  // A peer that vanished without a word (node gone, network cut) holds its connection for 15 s at most; so does one
  // that broke HTTP/2, whose connection Node itself does not close. Less would gain little, and cost a ping each time.
  // Clients of every language take them: only servers limit pings.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // No 'grpc.max_connection_idle_ms': the library would not see the calls of the short road, and call busy idle.
  // Bookkeeping per call that this project does not read.
  'grpc.enable_channelz': 0,
  // No 'grpc.max_connection_age_ms': Envoy balances each call whatever connection it is on, so closing connections
  // gains nothing, and grpc-js closes them with the one-step GOAWAY that can cost a call. Streams: stream-age.ts.
};

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly services: readonly AddServices[];
  /** Methods of theirs whose ordinary calls spare the library's way (short-road/); none to leave it all calls. */
  readonly shortMethods: readonly ShortMethod[];
  readonly log: Logger;
}

export interface GrpcServer {
  readonly port: number;
  /**
   * Closes the port, lets calls in flight end for `graceMs`, then cancels what is left. Takes no longer than that and
   * half a second; an abort of `hurry` ends the wait at once.
   */
  close(graceMs: number, hurry: AbortSignal): Promise<void>;
}

/** @throws StartError when the address cannot be bound. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { host, port, services, shortMethods: methods, log } = options;
  routeLibraryLog(log);
  const server = new Server(OPTIONS);
  for (const addTo of services) addTo(server);
  const boundPort = await bind(server, host, port);
  if (methods.length > 0) openShortRoad(server, { methods, maxMessageBytes: MAX_MESSAGE_BYTES, log });
  return {
    port: boundPort,
    close: async (graceMs, hurry) => {
      const closed = new Promise<void>((resolve) => {
        // forceShutdown() finds no session when channelz is off, so drain() is what cuts the streams that remain. It
        // must come first: it does not see the sessions that tryShutdown() has already begun to close.
        server.drain(address(host, boundPort), graceMs);
        server.tryShutdown(() => resolve());
      });
      await Promise.race([closed, delay(graceMs + 500, hurry)]);
    },
  };
}

async function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address(host, port), ServerCredentials.createInsecure(), (error, boundPort) => {
      if (!error) return resolve(boundPort);
      const reason = /\bE[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.message;
      reject(new StartError(`cannot serve gRPC on ${address(host, port)}: ${reason}`, { cause: error }));
    });
  });
}

/** `host:port`, with the brackets that an IPv6 address needs. */
function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** grpc-js writes plain text to standard error, a peer's metadata included. As fields of debug lines it harms no log. */
function routeLibraryLog(log: Logger): void {
  const write = (...words: unknown[]) => log.debug({ text: printableText(words.join(' ')) }, 'grpc-js');
  setLogger({ error: write, info: write, debug: write });
}
