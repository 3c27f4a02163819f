import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';

const TESTS = path.join(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'one-process-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs two files in one process: `first.js` with `text`, and one that passes. */
function run(text: string) {
  const files = Object.entries({
    'first.js': text,
    'second.js': "require('node:test').it('second passes', () => {});",
  });
  for (const [name, content] of files) writeFileSync(path.join(folder, name), content);
  const names = files.map(([name]) => path.relative(TESTS, path.join(folder, name)));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return spawnSync(process.execPath, [...process.execArgv, path.join(TESTS, 'runner/one-process.ts')], {
    env: { ...env, TEST_FILES: JSON.stringify(names) },
    encoding: 'utf8',
  });
}

describe('many test files in one process', () => {
  it('pass when all of them do', () => {
    const { status, stdout } = run("require('node:test').it('first passes', () => {});");
    assert.equal(status, 0, stdout);
    assert.match(stdout, /first passes[\s\S]*second passes/);
  });

  const REJECTS =
    "require('node:test').it('leaves it', () => void setImmediate(() => Promise.reject(new Error('late'))));";
  for (const [what, text, named] of [
    ['cannot be read', "throw new Error('bad file');", /^(?=[\s\S]*second passes)[\s\S]*first\.js[\s\S]*bad file/],
    ['leaves a rejection', REJECTS, /first\.js[\s\S]*late/],
    [
      'ends the process in a test',
      "require('node:test').it('ends', () => process.exit(0));",
      /first\.js: the process ended/,
    ],
    ['ends the process while it is read', 'process.exit(0);', /first\.js: the process ended with exit code 0/],
    [
      'has a hook that fails',
      "require('node:test').after(() => { throw new Error('hook'); });",
      /first\.js[\s\S]*hook/,
    ],
  ] as const) {
    it(`fail, and name the file, when one ${what}`, () => {
      const { status, stdout, stderr } = run(text);
      assert.equal(status, 1, stdout);
      assert.match(`${stdout}${stderr}`, named);
    });
  }
});
