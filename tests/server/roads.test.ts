// The two roads of a call, the short one and grpc-js's, asked the same: each answer must be equal to the byte, whatever
// the request is like.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { framed, openSession } from './http2-call';
import { scrape, until } from './scrape';
import { type ServerProcess, startServer } from './server-process';

interface Question {
  readonly headers?: OutgoingHttpHeaders;
  /** Written one by one, each in a DATA frame of its own, which the server sees alone. */
  readonly parts?: readonly Buffer[];
  /** The request has no DATA frame, and ends with its headers. */
  readonly endsWithHeaders?: boolean;
  /** The client never says that it is done. */
  readonly unfinished?: boolean;
}

const text = (field: number, value: string) => {
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >>> 7];
  return Buffer.concat([Buffer.of((field << 3) | 2, ...length), bytes]);
};
const message = text(1, 'World');
const hello = framed(message);
const by = (headers: OutgoingHttpHeaders, parts: readonly Buffer[] = [hello]): Question => ({ headers, parts });
const timeout = (value: string) => by({ 'grpc-timeout': value });
const zipped = (encoding: string, body: Buffer) => by({ 'grpc-encoding': encoding }, [framed(body, { flag: 1 })]);

const QUESTIONS: Readonly<Record<string, Question>> = {
  'an ordinary call': { parts: [hello] },
  'an ordinary call with a deadline': timeout('5S'),
  'content type with +proto': by({ 'content-type': 'application/grpc+proto' }),
  'content type with +json': by({ 'content-type': 'application/grpc+json' }),
  'content type with a parameter': by({ 'content-type': 'application/grpc;charset=utf-8' }),
  'content type of gRPC-Web': by({ 'content-type': 'application/grpc-web' }),
  'content type of a page': by({ 'content-type': 'text/html' }),
  'no content type': by({ 'content-type': undefined }),
  'GET with a message': by({ ':method': 'GET' }),
  PUT: by({ ':method': 'PUT' }),
  'no te': by({ te: undefined }),
  'encoding identity': by({ 'grpc-encoding': 'identity' }),
  'encoding gzip, not used': by({ 'grpc-encoding': 'gzip' }),
  gzip: zipped('gzip', gzipSync(message)),
  deflate: zipped('deflate', deflateSync(message)),
  'gzip that is none': zipped('gzip', message),
  'gzip of more than the limit': zipped('gzip', gzipSync(Buffer.alloc(70_000))),
  'unknown encoding': zipped('br', message),
  'compressed without an encoding': { parts: [framed(message, { flag: 1 })] },
  'a flag of 2': { parts: [framed(message, { flag: 2 })] },
  'metadata of all kinds': by({ 'x-a': '1', 'x-b-bin': 'AAEC', 'grpc-tags-bin': '=', 'user-agent': 'grpc-go/1.76.0' }),
  'metadata of odd bytes': by({ 'x-odd': '\u00e9\u00ff' }),
  'deadline of 8 digits': timeout('99999999m'),
  'deadline of 9 digits': timeout('123456789m'),
  'deadline beyond 32 bits of ms': timeout('99999999H'),
  'deadline in words': timeout('soon'),
  'deadline with a space': timeout('5 S'),
  'deadline without a unit': timeout('5'),
  'deadline below zero': timeout('-1S'),
  'deadline passes before the message': { headers: { 'grpc-timeout': '20m' }, unfinished: true },
  'deadline passes inside the message': {
    headers: { 'grpc-timeout': '50m' },
    parts: [hello.subarray(0, 7)],
    unfinished: true,
  },
  'prefix and message apart': { parts: [hello.subarray(0, 5), hello.subarray(5)] },
  'one byte at a time': { parts: [...hello].map((byte) => Buffer.of(byte)) },
  'cut inside the prefix': { parts: [hello.subarray(0, 3)] },
  'cut inside the message': { parts: [hello.subarray(0, 8)] },
  'two messages in one frame': { parts: [Buffer.concat([hello, hello])] },
  'two messages in two frames': { parts: [hello, hello] },
  'a message and a stray byte': { parts: [hello, Buffer.of(0)] },
  'an empty message': { parts: [framed(Buffer.alloc(0))] },
  'no message, ended by the headers': { endsWithHeaders: true },
  'no message, ended by an empty frame': {},
  'a name of 300 characters': { parts: [framed(text(1, 'x'.repeat(300)))] },
  'a name of other alphabets': { parts: [framed(text(1, 'Ωμέγα 😀 %0a'))] },
  noise: { parts: [framed(Buffer.alloc(64, 0xff))] },
  'the wrong wire type': { parts: [framed(Buffer.of(8, 1))] },
  'as large as allowed': { parts: [framed(Buffer.concat([text(1, 'x'), Buffer.alloc(65_533, Buffer.of(0x78, 1))]))] },
  'a byte too large': { parts: [framed(Buffer.alloc(65_537))] },
  'a length of 4 GiB': { parts: [framed(message, { length: 0xffff_ffff })] },
  'an unknown method': by({ ':path': '/greeter.v1.Greeter/Nothing' }),
  'a path with a query': by({ ':path': '/greeter.v1.Greeter/SayHello?a' }),
};

describe('the short road', () => {
  const ends: Array<() => unknown> = [];
  const servers: ServerProcess[] = [];
  let sessions: ClientHttp2Session[] = [];
  before(async () => {
    const t = { after: (end: unknown) => void ends.push(end as () => unknown) };
    for (const SHORT_ROAD of ['true', 'false']) servers.push(await startServer(t, { SHORT_ROAD }));
    sessions = await Promise.all(servers.map(({ grpcPort }) => openSession(grpcPort)));
    ends.unshift(() => {
      for (const session of sessions) session.destroy();
    });
  });
  after(async () => {
    for (const end of ends) await end();
  });

  for (const [name, question] of Object.entries(QUESTIONS)) {
    it(`answers ${name} as grpc-js does`, async () => {
      const [short, long] = await Promise.all(sessions.map((session) => ask(session, question)));
      assert.deepEqual(short, long);
    });
  }

  const counted = async ({ metricsPort }: ServerProcess) => {
    await until('no call in flight', async () => (await scrape(metricsPort)).get('grpc_requests_in_flight') === 0);
    const series = [...(await scrape(metricsPort))];
    return series.filter(([name]) => /^grpc_requests_total|_latency_seconds_count/.test(name));
  };

  it('counts all of these as grpc-js does', async () => {
    const [short, long] = await Promise.all(servers.map(counted));
    assert.deepEqual(short, long);
    assert.ok(short?.some(([name, count]) => name.includes('"OK"') && count > 5));
  });

  it('does not carry out a call after its caller was told that the deadline has passed, which grpc-js does', async () => {
    const late = { headers: { 'grpc-timeout': '50m' }, parts: [hello], unfinished: true };
    const before = await Promise.all(servers.map(counted));
    const [short, long] = await Promise.all(sessions.map((session) => ask(session, late)));
    assert.deepEqual(short, long);
    assert.equal(short?.headers['grpc-status'], '4');
    await until('the late call of grpc-js', async () => {
      const [, after] = await Promise.all(servers.map(counted));
      return JSON.stringify(after) !== JSON.stringify(before[1]);
    });
    assert.deepEqual(await counted(servers[0] as ServerProcess), before[0]);
  });
});

async function ask(session: ClientHttp2Session, question: Question) {
  const { headers, parts = [], endsWithHeaders = false, unfinished = false } = question;
  const stream = session.request(
    {
      ':method': 'POST',
      ':path': '/greeter.v1.Greeter/SayHello',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    },
    { endStream: endsWithHeaders },
  );
  const seen: { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { headers: {}, trailers: {} };
  const chunks: Buffer[] = [];
  stream.on('response', (got) => {
    seen.headers = { ...got };
    delete seen.headers.date;
  });
  stream.on('trailers', (got) => {
    seen.trailers = { ...got };
  });
  stream.on('data', (chunk) => chunks.push(chunk));
  stream.on('error', () => {
    // 'close' follows, and knows the code.
  });
  // What is answered before the question was finished.
  stream.on('end', () => unfinished && stream.close());
  const closed = once(stream, 'close');
  for (const part of parts) {
    if (stream.destroyed) break;
    stream.write(part);
    await sleep(5);
  }
  if (!unfinished && !endsWithHeaders && !stream.destroyed) stream.end();
  await Promise.race([closed, sleep(20_000, undefined, { ref: false })]);
  return { ...seen, bytes: Buffer.concat(chunks).toString('latin1'), isClosed: stream.closed, code: stream.rstCode };
}
