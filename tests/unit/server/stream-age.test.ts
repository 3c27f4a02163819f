import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStreamAges } from '../../../server/stream-age';

/** Timers that only a test lets ring. */
function rig(random: number) {
  const timers = new Map<() => void, number>();
  const setTimer = (callback: () => void, ms: number) => {
    timers.set(callback, ms);
    return () => void timers.delete(callback);
  };
  return { timers, deps: { random: () => random, setTimer } };
}

describe('createStreamAges()', () => {
  it('watches nothing where streams may live for ever', () => {
    assert.equal(createStreamAges({ maxAgeMs: 0, jitter: 0.2 }), undefined);
  });

  for (const [random, jitter, ms] of [
    [0, 0.2, 10_000],
    [0.5, 0.2, 11_000],
    [0.999, 0, 10_000],
    [0.5, 1, 15_000],
  ] as const) {
    it(`waits ${ms} ms at a jitter of ${jitter} when chance says ${random}`, () => {
      const { timers, deps } = rig(random);
      let old = 0;
      const ages = createStreamAges({ maxAgeMs: 10_000, jitter }, deps);
      ages?.watch(() => {
        old += 1;
      });
      assert.deepEqual([...timers.values()], [ms]);
      for (const ring of timers.keys()) ring();
      assert.deepEqual([old, timers.size], [1, 0]);
    });
  }

  it('draws anew for each stream, and ends a watch when asked', () => {
    const { timers, deps } = rig(0);
    let drawn = 0;
    const random = () => {
      drawn += 0.25;
      return drawn;
    };
    const watch = createStreamAges({ maxAgeMs: 100, jitter: 1 }, { ...deps, random })?.watch;
    const endFirst = watch?.(() => {});
    watch?.(() => {});
    assert.deepEqual([...timers.values()], [125, 150]);
    endFirst?.();
    assert.deepEqual([...timers.values()], [150]);
  });

  it('makes all streams old at once that are watched, and no other', () => {
    const { timers, deps } = rig(0);
    const old: string[] = [];
    const ages = createStreamAges({ maxAgeMs: 100, jitter: 0 }, deps);
    const endWatch = ages?.watch(() => old.push('closed'));
    ages?.watch(() => old.push('a'));
    ages?.watch(() => old.push('b'));
    endWatch?.();
    ages?.endAll();
    assert.deepEqual([old, timers.size], [['a', 'b'], 0]);
    ages?.endAll();
    assert.equal(old.length, 2);
  });

  it('counts by the clock of the process unless told otherwise', async () => {
    await new Promise<void>((resolve) => createStreamAges({ maxAgeMs: 1, jitter: 0 })?.watch(resolve));
  });
});
