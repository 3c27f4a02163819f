import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shell } from '../../../../local/pods/own-server';
import { type ProcessSpec, type RunningProcess, startProcess } from '../../../../local/pods/process';
import type { Reaper, Remains } from '../../../../local/pods/reaper';
import { waitFor } from '../../../support/condition';

const watched: Remains[] = [];
const REAPER: Reaper = {
  watch: (remains) => void watched.push(remains),
  forget: () => {},
  close: () => Promise.resolve(),
};
const signalGroup = (leader: number, signal: NodeJS.Signals) => {
  try {
    process.kill(-leader, signal);
  } catch {
    // The group has ended.
  }
};

/** Runs `script`, and resolves when it has written its first line, the number of its child. */
async function startShell(
  script: string,
  more: Partial<ProcessSpec>,
): Promise<{ shell: RunningProcess; child: number }> {
  const shell = await startProcess(
    { command: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' }, ...more },
    REAPER,
  );
  await waitFor('the first line', 20_000, async () => shell.tail()[0]);
  return { shell, child: Number(shell.tail()[0]) };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const untilDead = (pid: number) => waitFor(`${pid} is gone`, 20_000, async () => !isAlive(pid) || undefined);

describe('startProcess() with a group', () => {
  it('signals the children of the program too', async () => {
    const { shell, child } = await startShell('sleep 60 & echo $!; wait; wait', { signalGroup });
    assert.ok(isAlive(child));
    shell.signal('SIGTERM');
    assert.deepEqual(await shell.exited, { code: null, signal: 'SIGTERM' });
    await untilDead(child);
    assert.deepEqual(watched.at(-1), { kind: 'group', pid: shell.pid });
  });

  for (const command of ['exec PROGRAM', 'PROGRAM', 'cd / && PROGRAM', 'PROGRAM; exit $?']) {
    it(`lets a program drain that ${command} started`, async () => {
      const program = `${process.execPath} -e '
        process.on("SIGTERM", () => setTimeout(() => process.exit(console.log("drained") ?? 5), 300));
        console.log(process.pid);
        setInterval(() => {}, 1000)'`;
      const { args } = shell(command.replace('PROGRAM', program));
      const { shell: running } = await startShell(args[1] ?? '', { signalGroup });
      running.signal('SIGTERM');
      assert.deepEqual(await running.exited, { code: 5, signal: null });
      assert.equal(running.tail().at(-1), 'drained');
    });
  }

  it('ends what the program leaves behind, and says at once that it has ended', async () => {
    let exits = 0;
    const onExit = () => {
      exits++;
    };
    const { shell, child } = await startShell('sleep 60 & echo $!; exit 3', { signalGroup, onExit });
    assert.deepEqual(await shell.exited, { code: 3, signal: null });
    await untilDead(child);
    assert.equal(exits, 1);
  });
});
