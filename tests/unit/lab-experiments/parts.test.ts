// The parts that experiments share: a load around steps, and readings beside them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { inFlightAt } from '../../../lab/records/selection';
import { meanwhile } from '../../../lab/steps/meanwhile';
import { underLoad } from '../../../lab/steps/under-load';
import type { LoadResult } from '../../../lab/system/system';
import { START_MS } from '../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { steadyCalls } from './judged-runs';

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

  it('hands on what goes wrong in a step', async () => {
    const { system, context } = fakeRun();
    const steps = () => Promise.reject(new Error('no pod'));
    await assert.rejects(underLoad(system, context, SPEC, steps), /no pod/);
  });
});

const RESULT: LoadResult = { calls: 1, cpuSeconds: undefined };
const stop = async () => RESULT;

describe('meanwhile()', () => {
  it('reads before, during and, if asked, after the steps, and survives readings that fail', async () => {
    for (const alsoAfter of [false, true]) {
      const seen: string[] = [];
      let state = 'before';
      const read = async () => {
        seen.push(state);
        throw new Error('gone');
      };
      const steps = async () => {
        state = 'during';
        while (!seen.includes('during')) await setImmediate();
        state = 'after';
        return 7;
      };
      const result = await meanwhile({ pause: () => setImmediate() }, read, { intervalMs: 1, alsoAfter }, steps);
      assert.equal(result, 7);
      assert.equal(seen[0], 'before');
      assert.ok(seen.includes('during'));
      if (alsoAfter) assert.equal(seen.at(-1), 'after');
    }
  });

  it('ends its readings when a step fails', async () => {
    let readings = 0;
    const read = async () => {
      readings += 1;
    };
    const steps = () => Promise.reject(new Error('no pod'));
    await assert.rejects(meanwhile({ pause: () => setImmediate() }, read, { intervalMs: 1 }, steps), /no pod/);
    const before = readings;
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    assert.equal(readings, before);
  });
});

describe('inFlightAt()', () => {
  it('finds calls that were sent before and ended after', () => {
    const calls = steadyCalls({ load: 'main', fromS: 0, toS: 10, rate: 10, latencyMs: 250 });
    const sent = inFlightAt(calls, START_MS + 5010).map(({ sentMs }) => sentMs - START_MS);
    assert.deepEqual(sent, [4800, 4900, 5000]);
    assert.equal(inFlightAt(calls, START_MS + 20_000).length, 0);
  });
});
