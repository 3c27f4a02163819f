// Hostile bytes: what is not HTTP/2, or HTTP/2 that breaks the protocol. Each costs at most the connection it came on.
import { framed } from '../http2-call';
import { END_HEADERS, END_STREAM, FRAME, frame, greeting, headerBlock, PREFACE, settings } from '../http2-frames';
import { type Attack, byBytes } from './attack';

type Headers = ReadonlyArray<readonly [string, string]>;
const METHOD = [':method', 'POST'] as const;
const SCHEME = [':scheme', 'http'] as const;
const AUTHORITY = [':authority', 'x'] as const;
const PATH = [':path', '/greeter.v1.Greeter/SayHello'] as const;
const TYPE = ['content-type', 'application/grpc'] as const;
const TE = ['te', 'trailers'] as const;
const SOUND: Headers = [METHOD, SCHEME, PATH, AUTHORITY, TYPE, TE];

const headers = (list: Headers, flags = END_HEADERS, stream = 1) =>
  frame(FRAME.headers, flags, stream, headerBlock(list));
const hello = frame(FRAME.data, END_STREAM, 1, framed(Buffer.from('\x0a\x05hello')));
const connection = (...frames: readonly Buffer[]) => Buffer.concat([greeting, ...frames]);
const call = (list: Headers) => connection(headers(list), hello);
const times = (count: number, bytes: Buffer) => Buffer.concat(new Array<Buffer>(count).fill(bytes));

const REFUSED_STREAM = ['reset PROTOCOL_ERROR', 'goaway PROTOCOL_ERROR', 'closed', 'response'];
const BROKEN = [
  'goaway PROTOCOL_ERROR',
  'goaway FRAME_SIZE_ERROR',
  'goaway STREAM_CLOSED',
  'goaway COMPRESSION_ERROR',
  'goaway FLOW_CONTROL_ERROR',
  'goaway ENHANCE_YOUR_CALM',
  'goaway INTERNAL_ERROR',
  'closed',
];
const IGNORED = ['silence', 'closed'];

export const frameAttacks: readonly Attack[] = [
  byBytes('the sound call that the others vary', call(SOUND), ['response']),
  byBytes('noise on the socket', Buffer.alloc(4096, 0xa5), BROKEN),
  byBytes('HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), BROKEN),
  byBytes('TLS hello', Buffer.from('16030100050100000100', 'hex'), [...BROKEN, ...IGNORED], 100),
  byBytes('preface cut in the middle', PREFACE.subarray(0, 10), IGNORED, 50),
  byBytes('nothing at all', Buffer.alloc(0), IGNORED, 50),
  byBytes('preface and noise', Buffer.concat([PREFACE, Buffer.alloc(64, 0xff)]), BROKEN),
  byBytes('no :path', call([METHOD, SCHEME, AUTHORITY, TYPE, TE]), REFUSED_STREAM),
  byBytes('no :method', call([SCHEME, PATH, AUTHORITY, TYPE, TE]), REFUSED_STREAM),
  byBytes('empty :path', call([METHOD, SCHEME, [':path', ''], AUTHORITY, TYPE, TE]), REFUSED_STREAM),
  byBytes('two :path', call([METHOD, SCHEME, PATH, PATH, AUTHORITY, TYPE, TE]), REFUSED_STREAM),
  byBytes('pseudo-header after a header', call([METHOD, SCHEME, TYPE, PATH, AUTHORITY, TE]), REFUSED_STREAM),
  byBytes('unknown pseudo-header', call([...SOUND, [':x', 'y']]), REFUSED_STREAM),
  byBytes('response pseudo-header', call([[':status', '200'], ...SOUND]), REFUSED_STREAM),
  byBytes('header name in upper case', call([...SOUND, ['X-Upper', 'y']]), REFUSED_STREAM),
  byBytes('header with a line break', call([...SOUND, ['x-break', 'a\r\nb: c']]), REFUSED_STREAM),
  byBytes(
    'path of odd bytes',
    call([METHOD, SCHEME, [':path', '/\u00e9\u0000\u00ff'], AUTHORITY, TYPE]),
    REFUSED_STREAM,
  ),
  byBytes('path with a percent sign alone', call([METHOD, SCHEME, [':path', '/%'], AUTHORITY, TYPE]), ['response']),
  byBytes('two content types', call([...SOUND, TYPE]), REFUSED_STREAM),
  byBytes('content-length that lies', call([...SOUND, ['content-length', '5']]), REFUSED_STREAM),
  byBytes('HPACK noise', connection(frame(FRAME.headers, END_HEADERS, 1, Buffer.alloc(64, 0xff))), BROKEN),
  byBytes('headers on stream 0', connection(headers(SOUND, END_HEADERS, 0)), BROKEN),
  byBytes('headers on an even stream', connection(headers(SOUND, END_HEADERS, 2)), [...BROKEN, ...IGNORED], 100),
  byBytes('data on an idle stream', connection(hello), BROKEN),
  byBytes('data after the end', connection(headers(SOUND), hello, hello), [
    ...BROKEN,
    'response',
    'reset STREAM_CLOSED',
  ]),
  byBytes('frame of 16 MiB announced', connection(Buffer.from('ffffff000000000001', 'hex')), BROKEN),
  byBytes('continuation without headers', connection(frame(FRAME.continuation, END_HEADERS, 1)), BROKEN),
  byBytes(
    'flood of continuations',
    connection(headers(SOUND, 0), times(2000, frame(FRAME.continuation, 0, 1, headerBlock([['a', 'b']])))),
    BROKEN,
  ),
  byBytes('push promise from a client', connection(frame(FRAME.pushPromise, END_HEADERS, 1, Buffer.alloc(4))), BROKEN),
  byBytes('window of 0 added', connection(frame(FRAME.windowUpdate, 0, 0, Buffer.alloc(4))), BROKEN),
  byBytes(
    'window overflown',
    connection(times(2, frame(FRAME.windowUpdate, 0, 0, Buffer.from('7fffffff', 'hex')))),
    BROKEN,
  ),
  byBytes('settings of odd length', connection(frame(FRAME.settings, 0, 0, Buffer.alloc(5))), BROKEN),
  byBytes('flood of settings', connection(times(3000, settings)), [...BROKEN, ...IGNORED], 100),
  byBytes(
    'flood of pings',
    connection(times(3000, frame(FRAME.ping, 0, 0, Buffer.alloc(8)))),
    [...BROKEN, ...IGNORED],
    100,
  ),
  byBytes('rapid resets', rapidResets(500), [...BROKEN, ...IGNORED, 'response'], 100),
];

function rapidResets(count: number): Buffer {
  const frames: Buffer[] = [greeting];
  for (let n = 0; n < count; n += 1) {
    frames.push(
      headers(SOUND, END_HEADERS, 2 * n + 1),
      frame(FRAME.rstStream, 0, 2 * n + 1, Buffer.from('00000008', 'hex')),
    );
  }
  return Buffer.concat(frames);
}
