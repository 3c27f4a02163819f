import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { type Reaper, startReaper } from '../../../../local/pods/reaper';

function sleeper(): { child: ChildProcess; pid: number; ended: Promise<NodeJS.Signals | null> } {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  return { child, pid: child.pid as number, ended };
}

describe('startReaper()', () => {
  it('ends what is left, and removes the folder, when its input ends', async () => {
    const reaper = startReaper();
    const [one, two] = [sleeper(), sleeper()];
    const directory = mkdtempSync(path.join(tmpdir(), 'reaper test '));
    writeFileSync(path.join(directory, 'envoy.yaml'), '');
    reaper.watch({ kind: 'process', pid: one.pid });
    reaper.watch({ kind: 'directory', path: directory });
    reaper.watch({ kind: 'process', pid: two.pid });
    await reaper.close();
    assert.deepEqual(await Promise.all([one.ended, two.ended]), ['SIGKILL', 'SIGKILL']);
    assert.equal(existsSync(directory), false);
  });

  it('leaves alone what it has to forget', async () => {
    const reaper = startReaper();
    const [kept, left] = [sleeper(), sleeper()];
    reaper.watch({ kind: 'process', pid: kept.pid });
    reaper.watch({ kind: 'process', pid: left.pid });
    reaper.forget({ kind: 'process', pid: kept.pid });
    await reaper.close();
    assert.equal(await left.ended, 'SIGKILL');
    assert.equal(kept.child.exitCode, null);
    assert.equal(kept.child.signalCode, null);
    kept.child.kill();
    assert.equal(await kept.ended, 'SIGTERM');
  });

  it('ends a group with all that is in it', async () => {
    const shell = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => shell.once('exit', (_, signal) => resolve(signal)));
    await new Promise((resolve) => shell.stdout.on('data', resolve));
    // The child has the other end of the output: it ends when both are dead.
    const closed = new Promise((resolve) => shell.once('close', resolve));
    const reaper = startReaper();
    reaper.watch({ kind: 'group', pid: shell.pid as number });
    await reaper.close();
    assert.equal(await ended, 'SIGKILL');
    await closed;
  });

  it('removes containers by name', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'reaper-docker-'));
    const record = path.join(directory, 'called');
    writeFileSync(path.join(directory, 'docker'), `#!/bin/sh\necho "$@" >'${record}'\n`, { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = `${directory}:${before}`;
    let reaper: Reaper;
    try {
      reaper = startReaper();
    } finally {
      process.env.PATH = before;
    }
    reaper.watch({ kind: 'container', name: 'stack-envoy-1' });
    await reaper.close();
    const called = readFileSync(record, 'utf8');
    rmSync(directory, { recursive: true });
    assert.equal(called, 'rm --force stack-envoy-1\n');
  });
});
