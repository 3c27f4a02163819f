import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Frame } from '../../../../local/page/frame';
import type { Order } from '../../../../local/page/orders';
import { type PageServer, startPageServer } from '../../../../local/page/page-server';

const FRAME = { isFirst: true, atMs: 1 } as unknown as Frame;

describe('startPageServer()', () => {
  let server: PageServer;
  let orders: Order[];
  let why: string | undefined;
  const token = () => server.url.split('#')[1] ?? '';

  before(async () => {
    server = await startPageServer({
      document: { html: '<p>page</p>', policy: "default-src 'none'" },
      policies: ['ROUND_ROBIN', 'RANDOM'],
      firstFrame: () => FRAME,
      obey: (order) => {
        orders.push(order);
        return why;
      },
    });
  });
  after(() => server.close());
  beforeEach(() => {
    orders = [];
    why = undefined;
  });

  function ask(
    path: string,
    { method = 'GET', headers = {}, body = '' } = {},
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, server.url), { method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
          if (path === '/events') response.destroy();
        });
        response.on('close', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  const give = (name: string, body: unknown, headers: Record<string, string> = { 'x-token': token() }) =>
    ask(`/orders/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });

  it('is on loopback, and shows the page to a reader without the token, which it does not hold', async () => {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{22}$/);
    const { status, text } = await ask('/');
    assert.deepEqual([status, text], [200, '<p>page</p>']);
  });

  it('sends frames to the one with the token, a whole one first', async () => {
    const { status, text } = await ask('/events', { headers: { 'x-token': token() } });
    assert.deepEqual([status, text], [200, `data: ${JSON.stringify(FRAME)}\n\n`]);
  });

  it('refuses events and orders without the token, or with another, and says the cure', async () => {
    for (const headers of [{}, { 'x-token': 'x'.repeat(22) }, { 'x-token': '' }]) {
      const answers = [await ask('/events', { headers }), await give('end', {}, headers as Record<string, string>)];
      for (const { status, text } of answers)
        assert.deepEqual([status, /with all that follows #/.test(text)], [401, true]);
    }
    assert.deepEqual(orders, []);
  });

  it('refuses another Host and another Origin, token or not', async () => {
    const port = new URL(server.url).port;
    for (const headers of [
      { host: 'evil.example' },
      { host: `evil.example:${port}` },
      { origin: 'http://evil.example' },
    ]) {
      const all: Record<string, string> = { 'x-token': token(), ...headers };
      assert.equal((await ask('/', { headers: all })).status, 403, JSON.stringify(headers));
      assert.equal((await give('end', {}, all)).status, 403);
    }
    const own = { 'x-token': token(), host: `localhost:${port}`, origin: `http://localhost:${port}` };
    assert.equal((await give('end', {}, own)).status, 202);
  });

  it('takes orders by POST alone', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
      assert.equal((await ask('/orders/end', { method, headers: { 'x-token': token() } })).status, 405, method);
    }
    assert.equal((await ask('/events', { method: 'POST', headers: { 'x-token': token() } })).status, 405);
    assert.equal((await ask('/favicon.ico')).status, 404);
    assert.deepEqual(orders, []);
  });

  it('passes on each order, and the reason where it cannot be done', async () => {
    await give('scale', { by: 1 });
    await give('kill', { pod: 'grpc-server-1' });
    await give('policy', { policy: 'RANDOM' });
    await give('rate', { perSecond: 100 });
    assert.deepEqual(orders, [
      { name: 'scale', by: 1 },
      { name: 'kill', pod: 'grpc-server-1' },
      { name: 'policy', policy: 'RANDOM' },
      { name: 'rate', perSecond: 100 },
    ]);
    why = 'the last server stays';
    assert.deepEqual(await give('scale', { by: -1 }), { status: 409, text: 'the last server stays' });
  });

  it('refuses wrong orders: which one, what was expected, what it got', async () => {
    for (const [name, body, problem] of [
      ['scale', { by: 2 }, 'order scale: by: expected 1 or -1, got 2'],
      ['kill', {}, 'order kill: pod: expected the name of a pod, got nothing'],
      ['policy', { policy: 'BEST' }, 'order policy: policy: expected one of ROUND_ROBIN, RANDOM, got "BEST"'],
      ['rate', { perSecond: 1e9 }, 'order rate: perSecond: expected calls per second, 1-1000, got 1000000000'],
      ['explode', {}, 'order "explode": expected one of scale, kill, hang, slow, not-serving, roll, policy, rate, end'],
    ] as const) {
      assert.deepEqual(await give(name, body), { status: 400, text: problem });
    }
    const long = { method: 'POST', headers: { 'x-token': token() }, body: `{"by":1,"x":"${'x'.repeat(5000)}"}` };
    assert.equal((await ask('/orders/scale', long)).status, 400);
    assert.deepEqual(orders, []);
  });
});
