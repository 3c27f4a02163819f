// Hostile headers and call shapes: wrong paths, content types, deadlines and metadata, and clients that give up.
import { framed } from '../http2-call';
import { type Attack, byCall } from './attack';

const hello = framed(Buffer.from('\x0a\x05hello\x12\x01x'));
const UNKNOWN = ['UNIMPLEMENTED'];
const manyKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-key-${n}`, 'v']));
const withHeaders = (headers: Record<string, string | undefined>) => ({ headers, body: hello });
const CANCELLED = ['reset CANCEL', 'CANCELLED', 'OK'];
/** Node closes the stream, or tells it to calm down, when a request has too many headers. */
const OVERSIZE = ['reset ENHANCE_YOUR_CALM', 'reset PROTOCOL_ERROR', 'reset REFUSED_STREAM', 'closed', 'http 431'];

export const headerAttacks: readonly Attack[] = [
  byCall('unknown method', { path: '/greeter.v1.Greeter/Nothing', body: hello }, UNKNOWN),
  byCall('unknown service', { path: '/a.b.C/SayHello', body: hello }, UNKNOWN),
  byCall('path /', { path: '/', body: hello }, UNKNOWN),
  byCall('path with %00', { path: '/greeter.v1.Greeter/SayHello%00', body: hello }, UNKNOWN),
  byCall('path that climbs', { path: '/../greeter.v1.Greeter//SayHello', body: hello }, UNKNOWN),
  byCall('path __proto__', { path: '__proto__', body: hello }, [...UNKNOWN, 'reset PROTOCOL_ERROR']),
  byCall('path of 8 KiB', { path: `/${'x'.repeat(8000)}`, body: hello }, UNKNOWN),
  byCall('content type of a page', withHeaders({ 'content-type': 'text/html' }), ['http 415']),
  byCall('no content type', withHeaders({ 'content-type': undefined }), ['http 415']),
  byCall('GET', { method: 'GET', body: hello }, ['OK', 'http 405', 'reset PROTOCOL_ERROR', ...UNKNOWN]),
  byCall('PUT', { method: 'PUT', body: hello }, ['OK', 'http 405']),
  byCall('no te header', withHeaders({ te: undefined }), ['OK']),
  byCall('deadline of a nanosecond', withHeaders({ 'grpc-timeout': '1n' }), ['OK', 'DEADLINE_EXCEEDED']),
  byCall('deadline that is not a number', withHeaders({ 'grpc-timeout': 'soon' }), ['INTERNAL', 'OK']),
  byCall('deadline of a millennium', withHeaders({ 'grpc-timeout': '99999999H' }), ['OK', 'DEADLINE_EXCEEDED']),
  byCall('reserved metadata', withHeaders({ 'grpc-status': '0', 'grpc-message': 'x', 'grpc-x': 'y' }), ['OK']),
  byCall('binary metadata that is no base64', withHeaders({ 'x-bin': '!!!\u00ff', 'grpc-tags-bin': '=' }), ['OK']),
  byCall('metadata of odd bytes', withHeaders({ 'x-odd': '\u00e9\u00ff\u0080' }), ['OK']),
  byCall('metadata named __proto__', withHeaders({ __proto__: 'x', constructor: 'y' }), ['OK']),
  byCall('100 keys of metadata', { headers: manyKeys(100), body: hello }, ['OK']),
  byCall('1,000 keys of metadata', { headers: manyKeys(1000), body: hello }, OVERSIZE),
  byCall('metadata of 60 KiB', withHeaders({ 'x-large': 'v'.repeat(60_000) }), ['OK', ...OVERSIZE]),
  byCall('cancelled before a message', { unfinished: true, cancelAfterMs: 0 }, CANCELLED),
  byCall('cancelled inside a message', { body: hello.subarray(0, 7), unfinished: true, cancelAfterMs: 1 }, CANCELLED),
  byCall('cancelled after the message', { body: hello, unfinished: true, cancelAfterMs: 1 }, CANCELLED),
  byCall('cancelled while answered', { body: hello, cancelAfterMs: 0 }, CANCELLED),
  byCall('stream cancelled', { path: '/greeter.v1.Greeter/Chat', body: hello, unfinished: true, cancelAfterMs: 2 }, [
    'reset CANCEL',
    'closed',
  ]),
  byCall('unknown health name watched', watch('n'.repeat(60_000)), ['reset CANCEL', 'closed']),
  byCall('unknown health name checked', check('\u001b[2J'.repeat(1000)), ['NOT_FOUND']),
];

function healthRequest(service: string): Buffer {
  const bytes = Buffer.from(service);
  const length = Buffer.of((bytes.length & 127) | 128, ((bytes.length >>> 7) & 127) | 128, bytes.length >>> 14);
  return framed(Buffer.concat([Buffer.of(10), length, bytes]));
}

function watch(service: string) {
  return { path: '/grpc.health.v1.Health/Watch', body: healthRequest(service), cancelAfterMs: 5 };
}

function check(service: string) {
  return { path: '/grpc.health.v1.Health/Check', body: healthRequest(service) };
}
