import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CommandResult } from '../../../command-line/run-command';
import { buildServices } from '../../../local/build';

describe('buildServices()', () => {
  let root: string;
  let builds: number;
  let atOnce: number;
  let mostAtOnce: number;
  let result: CommandResult;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'build-test-'));
    for (const folder of ['proto', 'runtime', 'server', 'client']) mkdirSync(path.join(root, folder));
    for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'server/main.ts'])
      touch(file, -60);
    builds = atOnce = mostAtOnce = 0;
    result = { code: 0, stdout: '', stderr: '', failure: undefined };
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Writes `file` with a time of change `seconds` from now. */
  function touch(file: string, seconds: number): void {
    const at = new Date(Date.now() + seconds * 1000);
    writeFileSync(path.join(root, file), '');
    utimesSync(path.join(root, file), at, at);
    utimesSync(path.dirname(path.join(root, file)), at, at);
  }

  async function run(): Promise<CommandResult> {
    builds++;
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 50));
    atOnce--;
    for (const program of ['server', 'client']) {
      mkdirSync(path.join(root, 'dist', program), { recursive: true });
      writeFileSync(path.join(root, 'dist', program, 'main.js'), '');
    }
    return result;
  }
  const build = (isAlive = true) => buildServices({ root, run, pid: process.pid, isAlive: () => isAlive });

  it('builds once, and again only when a source has changed', async () => {
    assert.equal(await build(), 'built');
    assert.equal(await build(), 'current');
    touch('server/main.ts', +5);
    assert.equal(await build(), 'built');
    assert.equal(builds, 2);
  });

  it('builds when a program is missing', async () => {
    await build();
    rmSync(path.join(root, 'dist', 'client', 'main.js'));
    assert.equal(await build(), 'built');
  });

  it('lets one process build and the others wait when several start at once', async () => {
    const outcomes = await Promise.all([build(), build(), build()]);
    assert.deepEqual(outcomes.sort(), ['built', 'current', 'current']);
    assert.equal(mostAtOnce, 1);
  });

  it('takes over the lock of a process that is gone', async () => {
    mkdirSync(path.join(root, 'dist'));
    writeFileSync(path.join(root, 'dist', '.building'), '12345');
    assert.equal(await build(false), 'built');
    assert.equal(existsSync(path.join(root, 'dist', '.building')), false);
  });

  it('fails with the compiler’s output, and does not treat the build as current afterwards', async () => {
    result = { code: 2, stdout: 'server/main.ts(1,1): error TS1005\n', stderr: '', failure: undefined };
    await assert.rejects(build(), /^StartError: npm run build failed:\nserver\/main\.ts\(1,1\): error TS1005$/);
    result = { code: 0, stdout: '', stderr: '', failure: undefined };
    assert.equal(await build(), 'built');
  });
});
