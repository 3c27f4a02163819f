import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_TIERS, testFiles } from '../../runner/parts';
import { Progress } from '../../runner/progress';
import { usualSeconds } from '../../runner/usual-times';

function runOf(total: number, usual: number | undefined) {
  const lines: string[] = [];
  const clock = { ms: 5000 };
  const write = (line: string) => void lines.push(line);
  const progress = new Progress({
    write,
    now: () => clock.ms,
    total,
    parts: 'test files',
    seconds: usual,
    where: 'here',
  });
  return { lines, clock, progress };
}

describe('Progress', () => {
  it('says first how much there is to do and how long that takes, then a line per part, without control characters', () => {
    const { lines, clock, progress } = runOf(326, 727);
    clock.ms += 61_500;
    progress.done('unit/docs/paths.test.ts (0.4 s)', false);
    clock.ms += 1000;
    progress.done('deploy/images.test.ts (60.1 s)', true);
    progress.done('client/pace.test.ts (9.0 s)', false);
    assert.deepEqual(lines, [
      '326 test files, about 12 min here\n',
      '[  1 of 326, 1:01] unit/docs/paths.test.ts (0.4 s)\n',
      '[  2 of 326, 1:02, 1 failed] deploy/images.test.ts (60.1 s): FAILED\n',
      '[  3 of 326, 1:02, 1 failed] client/pace.test.ts (9.0 s)\n',
    ]);
  });

  it('says no time for a short run, nor where none is known', () => {
    assert.deepEqual(runOf(1, 20).lines, ['1 test files\n']);
    assert.deepEqual(runOf(14, undefined).lines, ['14 test files\n']);
  });
});

describe('usualSeconds()', () => {
  it('knows each tier that `npm test` runs, and adds up the files', () => {
    const all = usualSeconds(testFiles(DEFAULT_TIERS)) ?? 0;
    const unit = usualSeconds(testFiles(['unit'])) ?? 0;
    assert.ok(all > 600 && all < 1800, `${all} s`);
    assert.ok(unit > 0 && unit < all / 2, `${unit} s`);
  });

  it('says nothing of the lab and of the cluster', () => {
    assert.equal(usualSeconds([...testFiles(['manifests']), 'lab/any.test.ts']), undefined);
  });
});
