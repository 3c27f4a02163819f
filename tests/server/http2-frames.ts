// HTTP/2 by hand, for what no client library lets out: frames, HPACK literals, and one exchange over a raw socket.
import { connect, type Socket } from 'node:net';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const FRAME = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;

const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
];

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const settings = frame(FRAME.settings, 0, 0);
/** The start of every connection that speaks HTTP/2 at all. */
export const greeting = Buffer.concat([PREFACE, settings]);

/** A header block of literals, in the order given and with no check whatever. */
export function headerBlock(headers: ReadonlyArray<readonly [name: string, value: string]>): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]));
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** The bytes of a new connection whose stream 1 calls `path` with `body` and stays open. */
export function openCall(path: string, body: Buffer): Buffer {
  const headers = headerBlock([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'x'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]);
  return Buffer.concat([greeting, frame(FRAME.headers, END_HEADERS, 1, headers), frame(FRAME.data, 0, 1, body)]);
}

/**
 * Sends `bytes` on a connection of its own and reports how the server reacted, whichever comes first: `goaway CODE`,
 * `reset CODE`, `response` (headers for a stream), `closed`, or `silence` for `patienceMs`.
 */
export function exchange(port: number, bytes: Buffer, patienceMs = 10_000, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, host);
    const timer = setTimeout(() => finish('silence'), patienceMs);
    let received: Buffer = Buffer.alloc(0);
    function finish(reaction: string) {
      clearTimeout(timer);
      socket.destroy();
      resolve(reaction);
    }
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const reaction = firstReaction(received);
      if (reaction) finish(reaction);
    });
    socket.on('error', () => finish('closed'));
    socket.on('close', () => finish('closed'));
  });
}

function firstReaction(received: Buffer): string | undefined {
  for (let at = 0; at + 9 <= received.length; ) {
    const length = received.readUIntBE(at, 3);
    const type = received.readUInt8(at + 3);
    const payload = received.subarray(at + 9, at + 9 + length);
    if (payload.length < length) return undefined;
    if (type === FRAME.headers) return 'response';
    if (type === FRAME.rstStream) return `reset ${errorName(payload.readUInt32BE(0))}`;
    if (type === FRAME.goaway) return `goaway ${errorName(payload.readUInt32BE(4))}`;
    at += 9 + length;
  }
  return undefined;
}

export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? String(code);
}
