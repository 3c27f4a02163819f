// What an ordinary request looks like, on the wire of gRPC over HTTP/2
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). Whatever does not is left to grpc-js.
import { constants, type IncomingHttpHeaders } from 'node:http2';

/** Flag and length of a message come before it. */
const PREFIX_BYTES = 5;
/** grpc-js computes a deadline's milliseconds in 32 bits: longer ones have odd ends, which are its own. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
const TIMEOUT = /^(\d{1,8})([HMSmun])$/;

export interface OrdinaryRequest {
  /** Infinity without a deadline. */
  readonly timeoutMs: number;
}

/** Of headers and the flags of their frame: undefined when they are for grpc-js. */
export function ordinaryRequest(headers: IncomingHttpHeaders, flags: number): OrdinaryRequest | undefined {
  if (flags & constants.NGHTTP2_FLAG_END_STREAM) return undefined;
  if (headers[':method'] !== 'POST') return undefined;
  const type = headers['content-type'];
  if (type !== 'application/grpc' && type !== 'application/grpc+proto') return undefined;
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return undefined;
  const timeoutMs = parseTimeout(headers['grpc-timeout']);
  return timeoutMs === undefined ? undefined : { timeoutMs };
}

function parseTimeout(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return Number.POSITIVE_INFINITY;
  const [, digits, unit] = (typeof header === 'string' && TIMEOUT.exec(header)) || [];
  if (digits === undefined || unit === undefined) return undefined;
  const ms = Math.trunc(Number(digits) * (UNIT_MS[unit] as number));
  return ms <= MAX_TIMEOUT_MS ? ms : undefined;
}

/** The headers with what is left of their deadline, in a form that fits eight digits. */
export function withTimeout(headers: IncomingHttpHeaders, leftMs: number): IncomingHttpHeaders {
  if (leftMs === Number.POSITIVE_INFINITY) return headers;
  const ms = Math.ceil(leftMs);
  return Object.assign(headers, { 'grpc-timeout': ms < 1e8 ? `${ms}m` : `${Math.ceil(ms / 1000)}S` });
}

/** The one message that `data` is, whole and not compressed, or undefined. It shares `data`'s memory. */
export function wholeMessage(data: Buffer, maxBytes: number): Buffer | undefined {
  if (data.length < PREFIX_BYTES || data[0] !== 0) return undefined;
  const length = data.readUInt32BE(1);
  return length <= maxBytes && data.length === PREFIX_BYTES + length ? data.subarray(PREFIX_BYTES) : undefined;
}

/** A message with its prefix. */
export function prefixed(message: Uint8Array): Buffer {
  const data = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  data[0] = 0;
  data.writeUInt32BE(message.length, 1);
  data.set(message, PREFIX_BYTES);
  return data;
}
