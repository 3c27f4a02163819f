// The scripts as git hands them out on a machine that writes carriage returns (core.autocrlf, Windows' and WSL's habit).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import test from 'node:test';
import { ROOT } from './support/stub-cluster';

test('a clone with core.autocrlf=true has no carriage return in any file, and its scripts run', (t) => {
  if (spawnSync('git', ['-C', ROOT, 'rev-parse', '--verify', '--quiet', 'HEAD']).status !== 0) {
    t.skip('this folder is not a git repository');
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'clone-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const clone = spawnSync('git', ['clone', '--quiet', '--config', 'core.autocrlf=true', ROOT, folder], {
    encoding: 'utf8',
  });
  assert.equal(clone.status, 0, clone.stderr);
  const files = spawnSync('git', ['-C', folder, 'ls-files', '-z'], { encoding: 'utf8' }).stdout.split('\0');
  const names = files.filter((name) => name !== '');
  assert.ok(names.includes('deploy-all.sh') && names.length > 100);
  assert.deepEqual(
    names.filter((name) => readFileSync(path.join(folder, name)).includes('\r\n')),
    [],
  );
  const help = spawnSync(path.join(folder, 'deploy-all.sh'), ['--help'], { encoding: 'utf8' });
  assert.equal(help.status, 0, `${help.error ?? ''}${help.stderr}`);
});
