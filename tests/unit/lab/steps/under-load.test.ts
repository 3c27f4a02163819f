import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { underLoad } from '../../../../lab/steps/under-load';
import type { LoadResult } from '../../../../lab/system/system';
import { fakeRun } from '../experiments/fake-system';

const SPEC = { name: 'main', target: 'envoys', ratePerSecond: 100 } as const;

describe('underLoad()', () => {
  it('goes on until there are enough calls, and waits before and after the steps', async () => {
    const { system } = fakeRun();
    const pauses: number[] = [];
    const pause = async (ms: number) => void pauses.push(ms);
    await underLoad(system, { pause }, SPEC, async () => {}, { leadMs: 300 });
    assert.deepEqual(pauses, [300, 2000]);
    await underLoad(system, { pause }, { ...SPEC, name: 'long' }, async () => {}, { calls: 1000 });
    const last = pauses.at(-1) ?? 0;
    assert.ok(last > 9200 && last <= 10_200, `waited ${last} ms for 10 s of calls`);
  });

  it('rejects when the load ends before the steps do', async () => {
    const { system, context } = fakeRun();
    let crash: (error: Error) => void = () => {};
    const finished = new Promise<LoadResult>((_, reject) => {
      crash = reject;
    });
    finished.catch(() => {});
    const crashing = {
      ...system,
      startLoad: async () => ({ name: 'main', finished, stop: () => finished }),
    };
    const steps = async () => {
      crash(new Error('out of memory'));
      await new Promise(() => {});
    };
    await assert.rejects(underLoad(crashing, context, SPEC, steps), /out of memory/);
    const ending = { ...crashing, startLoad: async () => ({ name: 'main', finished: Promise.resolve(RESULT), stop }) };
    await assert.rejects(
      underLoad(ending, context, SPEC, () => new Promise(() => {})),
      /load main ended before/,
    );
  });

  it('passes on the error of a step', async () => {
    const { system, context } = fakeRun();
    const steps = () => Promise.reject(new Error('no pod'));
    await assert.rejects(underLoad(system, context, SPEC, steps), /no pod/);
  });
});

const RESULT: LoadResult = { calls: 1, cpuSeconds: undefined };
const stop = async () => RESULT;
