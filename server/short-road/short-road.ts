// The short road of ordinary calls: one whole message in, one out, answered on Node's own HTTP/2 stream. It spares a call
// what grpc-js builds for every kind of call: metadata, decoder, queue, interceptors, a second stream object. Whatever
// is not ordinary goes to grpc-js as if nothing had been here: other methods, compression, odd content types and
// deadlines, messages that are split, too large, unreadable, one too many or missing. Connections stay grpc-js's.
import type { Server } from '@grpc/grpc-js';
import type { Logger } from '../../runtime/log';
import { divertStreams } from './divert';
import { ordinaryRequest, withTimeout } from './ordinary';
import { ShortCall } from './short-call';
import type { ShortMethod } from './short-method';

export interface ShortRoadOptions {
  readonly methods: readonly ShortMethod[];
  /** The most that a message may have, in bytes, in either direction. */
  readonly maxMessageBytes: number;
  readonly log: Logger;
}

/**
 * Takes the ordinary calls of `methods` from `server`, which is bound. They must be among its services too.
 * @returns whether it could: if the library's inside is not as expected, a warning says so and all calls stay with it.
 */
export function openShortRoad(server: Server, { methods, maxMessageBytes, log }: ShortRoadOptions): boolean {
  const byPath = new Map(methods.map((method) => [method.path, method]));
  const surprise = divertStreams(server, (stream, headers, flags, handBack) => {
    const method = byPath.get(headers[':path'] ?? '');
    const request = method && ordinaryRequest(headers, flags);
    if (!method || !request) return false;
    const { timeoutMs } = request;
    const giveBack = (leftMs: number) => handBack(stream, withTimeout(headers, leftMs));
    new ShortCall({ stream, method, timeoutMs, maxMessageBytes, handBack: giveBack });
    return true;
  });
  if (surprise !== undefined) log.warn(`no short road, all calls are left to grpc-js: ${surprise}`);
  return surprise === undefined;
}
