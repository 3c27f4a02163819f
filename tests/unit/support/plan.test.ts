// Which test files share a process or the machine: lists of names, which a renamed file would leave without a word.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { DEFAULT_TIERS, testFiles } from '../../runner/parts';
import { NAMED_FILES, planOf } from '../../runner/plan';

const TESTS = path.join(__dirname, '../..');
const plan = planOf(testFiles(DEFAULT_TIERS));

describe('the plan of a test run', () => {
  it('names files that are there', () => {
    assert.deepEqual(
      NAMED_FILES.filter((file) => !existsSync(path.join(TESTS, file))),
      [],
    );
  });

  it('runs every file once', () => {
    const own = plan.jobs.map(({ file }) => file).filter((file) => file.endsWith('.test.ts'));
    assert.deepEqual([...plan.inOneProcess, ...own].sort(), [...testFiles(DEFAULT_TIERS)].sort());
  });

  it('lets files that need the machine wait for all others', () => {
    const first = plan.jobs.findIndex(({ isAlone }) => isAlone);
    assert.ok(first > 0);
    assert.ok(plan.jobs.slice(first).every(({ isAlone }) => isAlone));
  });

  it('runs no two files at once on one network of loopback', () => {
    const files = new Map<string, string>();
    for (const file of testFiles([...DEFAULT_TIERS, 'lab'])) {
      const text = readFileSync(path.join(TESTS, file), 'utf8');
      const user = plan.inOneProcess.includes(file) ? 'the files of one process' : file;
      for (const [, network = ''] of text.matchAll(/'(127\.77\.\d+)(?:\.\d+)?'/g)) {
        assert.equal(files.get(network) ?? user, user, network);
        files.set(network, user);
      }
    }
    assert.ok(files.size > 10);
  });
});
