import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { Responder } from '../../../../server/calls';
import { createFaultInjector } from '../../../../server/faults/injector';

const greet: Responder<{ name: string }, string> = ({ name }) => ({ ok: true, reply: `Hello, ${name}!` });

function injector(random = () => 0.5) {
  const serving: boolean[] = [];
  const answeringProbes: boolean[] = [];
  const faults = createFaultInjector({
    setServing: (isServing) => serving.push(isServing),
    setAnsweringProbes: (isAnswering) => answeringProbes.push(isAnswering),
    random,
  });
  return { faults, serving, answeringProbes, respond: faults.wrap(greet) };
}

describe('createFaultInjector()', () => {
  it('leaves an answer alone, and at once, while no fault is on', () => {
    assert.deepEqual(injector().respond({ name: 'Ada' }), { ok: true, reply: 'Hello, Ada!' });
  });

  it('delays answers', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { faults, respond } = injector();
    faults.set({ delayMs: 200 });
    let answer: unknown;
    void Promise.resolve(respond({ name: 'Ada' })).then((settled) => {
      answer = settled;
    });
    context.mock.timers.tick(199);
    await settle();
    assert.equal(answer, undefined);
    context.mock.timers.tick(1);
    await settle();
    assert.deepEqual(answer, { ok: true, reply: 'Hello, Ada!' });
  });

  it('fails the given share of calls', async () => {
    const draws = [0.1, 0.24, 0.25, 0.9];
    const { faults, respond } = injector(() => draws.shift() ?? 1);
    faults.set({ errorRate: 0.25 });
    const answers = await Promise.all([1, 2, 3, 4].map(() => respond({ name: 'Ada' })));
    assert.deepEqual(
      answers.map((answer) => (answer.ok ? 'OK' : answer.code)),
      [status.UNAVAILABLE, status.UNAVAILABLE, 'OK', 'OK'],
    );
  });

  it('never answers while it hangs, and answers again afterwards', async () => {
    const { faults, respond } = injector();
    faults.set({ isHung: true });
    const hung = Promise.resolve(respond({ name: 'Ada' })).then(() => 'answered');
    assert.equal(await Promise.race([hung, settle().then(() => 'silent')]), 'silent');
    faults.set({});
    assert.deepEqual(respond({ name: 'Ada' }), { ok: true, reply: 'Hello, Ada!' });
  });

  it('affects only one name if a name is given', () => {
    const { faults, respond } = injector(() => 0);
    faults.set({ errorRate: 1, onlyName: 'Ada' });
    assert.equal((respond({ name: 'Ada' }) as { ok: boolean }).ok, false);
    assert.equal((respond({ name: 'Grace' }) as { ok: boolean }).ok, true);
  });

  it('says NOT_SERVING until the fault ends, and answers calls during that time', () => {
    const { faults, serving, respond } = injector();
    faults.set({ notServing: true });
    assert.deepEqual(respond({ name: 'Ada' }), { ok: true, reply: 'Hello, Ada!' });
    faults.set({ delayMs: 5 });
    assert.deepEqual(serving, [false, true]);
    assert.deepEqual(faults.current, { delayMs: 5 });
  });
});

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
