// Hostile messages: the HTTP/2 around them is sound, the protobuf or its framing is not, or the text in it is odd.
import { deflateSync, gzipSync } from 'node:zlib';
import { framed } from '../http2-call';
import { type Attack, byCall } from './attack';

const text = (field: number, bytes: Buffer) =>
  Buffer.concat([Buffer.of((field << 3) | 2), varint(bytes.length), bytes]);
const named = (name: string | Buffer, client = '') =>
  framed(Buffer.concat([text(1, Buffer.from(name)), text(2, Buffer.from(client))]));
const compressed = (encoding: string, message: Buffer) => ({
  headers: { 'grpc-encoding': encoding },
  body: framed(message, { flag: 1 }),
});
const hello = text(1, Buffer.from('hello'));
const INVALID = ['INVALID_ARGUMENT'];
const TOO_LARGE = ['RESOURCE_EXHAUSTED'];
const UNREADABLE = ['INTERNAL'];
const CONTROL = 'a\nb\r\u001b[31m"\u0000\u202e\u2028';
/** Deterministic, and no valid protobuf: every byte says that the varint goes on. */
const NOISE = Buffer.alloc(512, 0xff);

export const messageAttacks: readonly Attack[] = [
  byCall('empty name', { body: named('') }, INVALID),
  byCall('message of no bytes', { body: framed(Buffer.alloc(0)) }, INVALID),
  byCall('name of 257 emoji', { body: named('😀'.repeat(257)) }, INVALID),
  byCall('name of 256 emoji', { body: named('😀'.repeat(256)) }, ['OK']),
  byCall('name of 64 KiB and 1', { body: named('x'.repeat(65_537)) }, TOO_LARGE),
  byCall('name of 5 MiB', { body: named('x'.repeat(5 << 20)) }, TOO_LARGE),
  byCall('control characters in name and client', { body: named(CONTROL, CONTROL) }, ['OK']),
  byCall('client of 60 KiB', { body: named('x', '\n'.repeat(60_000)) }, ['OK']),
  byCall('surrogate as UTF-8', { body: named(Buffer.of(0xed, 0xa0, 0x80)) }, ['OK'], replaces),
  byCall('bytes that are not UTF-8', { body: named(Buffer.of(0xff, 0xfe)) }, ['OK'], replaces),
  byCall('name __proto__', { body: named('__proto__', 'constructor') }, ['OK']),
  byCall('noise for a message', { body: framed(NOISE) }, UNREADABLE),
  byCall('name cut in the middle', { body: framed(hello.subarray(0, 4)) }, ['OK', ...UNREADABLE]),
  byCall('name of the wrong wire type', { body: framed(Buffer.of(8, 1)) }, [...UNREADABLE, ...INVALID]),
  byCall('length prefix of 4 GiB', { body: framed(hello, { length: 0xffff_ffff }) }, TOO_LARGE),
  byCall('frame shorter than its prefix', { body: framed(hello, { length: 100 }) }, ['UNIMPLEMENTED']),
  byCall('prefix cut in the middle', { body: framed(hello).subarray(0, 3) }, ['UNIMPLEMENTED']),
  byCall('groups nested 10,000 deep', { body: framed(Buffer.alloc(10_000, (9 << 3) | 3)) }, UNREADABLE),
  byCall('flood of unknown fields', { body: framed(Buffer.alloc(60_000, Buffer.of(0x78, 1))) }, INVALID),
  byCall('gzip bomb of 64 MiB', compressed('gzip', gzipSync(Buffer.alloc(64 << 20))), TOO_LARGE),
  byCall('gzip cut in the middle', compressed('gzip', gzipSync(hello).subarray(0, 12)), UNREADABLE),
  byCall('deflate of noise', compressed('deflate', NOISE), UNREADABLE),
  byCall('deflate that is sound', compressed('deflate', deflateSync(hello)), ['OK']),
  byCall('compressed flag without an encoding', { body: framed(gzipSync(hello), { flag: 1 }) }, [
    ...UNREADABLE,
    ...INVALID,
  ]),
  byCall('unknown encoding', compressed('br', hello), ['UNIMPLEMENTED']),
  byCall('two messages on a unary call', { body: Buffer.concat([framed(hello), framed(hello)]) }, ['UNIMPLEMENTED']),
  byCall('no message on a unary call', {}, ['UNIMPLEMENTED']),
  byCall('noise on a stream', { path: '/greeter.v1.Greeter/Chat', body: framed(NOISE) }, UNREADABLE),
  byCall('bad name on a stream', { path: '/greeter.v1.Greeter/Chat', body: named(''), unfinished: true }, INVALID),
];

function replaces({ reply }: { readonly reply: Buffer }): boolean {
  return reply.includes(Buffer.from('\ufffd'));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}
