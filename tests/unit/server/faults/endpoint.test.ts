import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { StartError } from '../../../../runtime/errors';
import { type FaultEndpoint, sleepMs, startFaultEndpoint } from '../../../../server/faults/endpoint';

const HOST = '127.0.0.1';

describe('startFaultEndpoint()', () => {
  let endpoint: FaultEndpoint;
  const serving: boolean[] = [];
  const answeringProbes: boolean[] = [];
  const frozen: number[] = [];
  let aborts = 0;
  const abort = () => {
    aborts += 1;
  };
  before(async () => {
    endpoint = await startFaultEndpoint({
      host: HOST,
      port: 0,
      setServing: (isServing) => serving.push(isServing),
      setAnsweringProbes: (isAnswering) => answeringProbes.push(isAnswering),
      abort,
      freeze: (ms) => frozen.push(ms),
    });
  });
  after(() => endpoint.close());
  beforeEach(() => ask('DELETE', '/faults'));

  const ask = async (method: string, path: string, body?: string) => {
    const response = await fetch(`http://${HOST}:${endpoint.port}${path}`, {
      method,
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };

  it('takes faults, shows them and takes them back', async () => {
    const faults = {
      delayMs: 20.5,
      errorRate: 0.5,
      isHung: false,
      notServing: true,
      failsProbes: true,
      onlyName: 'Ada',
    };
    assert.equal((await ask('PUT', '/faults', JSON.stringify(faults))).status, 200);
    assert.deepEqual(JSON.parse((await ask('GET', '/faults')).text), faults);
    assert.deepEqual([serving.at(-1), answeringProbes.at(-1)], [false, false]);
    assert.equal((await ask('DELETE', '/faults')).text, '{}\n');
    assert.deepEqual([serving.at(-1), answeringProbes.at(-1)], [true, true]);
  });

  it('replaces all faults by those of a PUT', async () => {
    await ask('PUT', '/faults', '{"delayMs":5}');
    assert.equal((await ask('PUT', '/faults', '{"errorRate":1}')).text, '{"errorRate":1}\n');
  });

  it('applies them to the answers that it wraps', async () => {
    const respond = endpoint.wrap<{ name: string }, string>(() => ({ ok: true, reply: 'Hello!' }));
    await ask('PUT', '/faults', '{"errorRate":1}');
    assert.equal((await respond({ name: 'Ada' })).ok, false);
  });

  for (const [what, body, problem] of [
    ['no JSON', '{delay', 'expected a JSON object, got {delay'],
    ['nothing', '', 'expected a JSON object, got '],
    ['a list', '[1]', 'expected a JSON object, got [1]'],
    ['null', 'null', 'expected a JSON object, got null'],
    ['a negative delay', '{"delayMs":-1}', 'delayMs: expected milliseconds 0-600000, got -1'],
    ['a delay as text', '{"delayMs":"5"}', 'delayMs: expected milliseconds 0-600000, got "5"'],
    ['a rate above 1', '{"errorRate":1.5}', 'errorRate: expected a share of calls 0-1, got 1.5'],
    ['a number for a boolean', '{"isHung":1}', 'isHung: expected true or false, got 1'],
    ['an empty name', '{"onlyName":""}', 'onlyName: expected the name that is greeted, 1-256 characters, got ""'],
    [
      'two problems',
      '{"toString":1,"notServing":null}',
      'toString: no such fault; there are delayMs, errorRate, isHung, notServing, failsProbes, onlyName\n' +
        'notServing: expected true or false, got null',
    ],
  ] as const) {
    it(`refuses ${what} and changes nothing`, async () => {
      await ask('PUT', '/faults', '{"delayMs":7}');
      const answer = await ask('PUT', '/faults', body);
      assert.deepEqual([answer.status, answer.text], [400, `${problem}\n`]);
      assert.equal((await ask('GET', '/faults')).text, '{"delayMs":7}\n');
    });
  }

  it('refuses a body that is too long', async () => {
    assert.equal((await ask('PUT', '/faults', JSON.stringify({ onlyName: 'x'.repeat(5000) }))).status, 400);
  });

  it('aborts once it has said so', async () => {
    assert.equal((await ask('POST', '/abort')).status, 202);
    assert.equal(aborts, 1);
  });

  it('freezes for the given time, and refuses any other value', async () => {
    assert.equal((await ask('POST', '/freeze?ms=1500')).status, 200);
    for (const query of ['', '?ms=', '?ms=0', '?ms=-5', '?ms=1e3', '?ms=600001', '?seconds=1']) {
      const { status, text } = await ask('POST', `/freeze${query}`);
      assert.equal(status, 400, query);
      assert.match(text, /^ms: expected an integer 1-600000, got /);
    }
    assert.deepEqual(frozen, [1500]);
  });

  for (const [method, path, status] of [
    ['POST', '/faults', 405],
    ['GET', '/abort', 405],
    ['GET', '/freeze?ms=5', 405],
    ['GET', '/', 404],
    ['POST', '/constructor', 404],
  ] as const) {
    it(`answers ${method} ${path} with ${status}`, async () => {
      const answer = await ask(method, path);
      assert.equal(answer.status, status);
      if (status === 405) assert.ok(answer.headers.get('allow'));
    });
  }

  it('says so when its address is in use', async () => {
    await assert.rejects(
      startFaultEndpoint({
        host: HOST,
        port: endpoint.port,
        setServing: () => {},
        setAnsweringProbes: () => {},
        abort,
      }),
      (thrown: Error) => thrown instanceof StartError && /^cannot take faults on .*: EADDRINUSE$/.test(thrown.message),
    );
  });
});

describe('sleepMs()', () => {
  it('blocks the thread for that long', () => {
    const startedMs = performance.now();
    sleepMs(60);
    assert.ok(performance.now() - startedMs >= 59);
  });
});
