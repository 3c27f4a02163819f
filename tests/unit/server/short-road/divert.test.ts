import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { describe, it } from 'node:test';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { divertStreams } from '../../../../server/short-road/divert';

type Stream = ServerHttp2Stream;
const stream = { name: 'a stream' } as unknown as Stream;
const headers: IncomingHttpHeaders = { ':path': '/a' };

/** A server whose inside is as given. */
const inside = (http2Servers: unknown) => ({ http2Servers }) as unknown as Server;
const http2Server = (listeners: number) => {
  const server = new EventEmitter();
  const seen: unknown[][] = [];
  for (let n = 0; n < listeners; n += 1) server.on('stream', (...words) => seen.push(words));
  return { server, seen };
};

describe('divertStreams()', () => {
  it('finds the inside of the library that is installed as it expects it', async (t) => {
    const server = new Server();
    t.after(() => server.forceShutdown());
    await new Promise((resolve) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), resolve));
    assert.equal(
      divertStreams(server, () => false),
      undefined,
    );
  });

  it('gives the library what is not taken, as it came, and what is handed back', () => {
    const { server, seen } = http2Server(1);
    let isTaken = false;
    let handBack: ((stream: Stream, headers: IncomingHttpHeaders) => void) | undefined;
    const surprise = divertStreams(inside(new Map([[server, {}]])), (_stream, _headers, _flags, back) => {
      handBack = back;
      return isTaken;
    });
    assert.equal(surprise, undefined);
    server.emit('stream', stream, headers, 5, ['raw']);
    assert.deepEqual(seen, [[stream, headers, 5, ['raw']]]);
    isTaken = true;
    server.emit('stream', stream, headers, 4, []);
    assert.equal(seen.length, 1);
    handBack?.(stream, { ':path': '/b' });
    assert.deepEqual(seen[1], [stream, { ':path': '/b' }, 0]);
  });

  for (const [name, servers, expected] of [
    ['no such field', undefined, 'it has no map of HTTP/2 servers'],
    ['a list in place of a map', [], 'it has no map of HTTP/2 servers'],
    ['an empty map', new Map(), 'it has no map of HTTP/2 servers'],
    ['a key that is no server', new Map([[{}, {}]]), 'an HTTP/2 server of it has no listeners for streams, not one'],
    ['no listener', new Map([[http2Server(0).server, {}]]), /has 0 listeners/],
    [
      'a second listener',
      new Map([
        [http2Server(1).server, {}],
        [http2Server(2).server, {}],
      ]),
      /has 2 listeners/,
    ],
  ] as const) {
    it(`says so and changes nothing where it finds ${name}`, () => {
      const listeners = () =>
        servers instanceof Map ? [...servers.keys()].map((key) => (key as EventEmitter).listeners?.('stream')) : [];
      const before = listeners();
      const surprise = divertStreams(inside(servers), () => assert.fail('took a stream'));
      assert.match(surprise ?? '', new RegExp(expected));
      assert.deepEqual(listeners(), before);
    });
  }
});
