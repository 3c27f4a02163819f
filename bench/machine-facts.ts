// What a reader must know of the machine to make anything of its numbers.

import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import type { Machine } from '../command-line/machine';
import type { RunCommand } from '../command-line/run-command';
import type { Pinning } from './measure/stage';
import type { MachineFacts } from './records/record';

const QUICK_MS = 20_000;

export async function machineFacts(
  { root }: Machine,
  nodeVersion: string,
  pinning: Pinning,
  run: RunCommand,
): Promise<MachineFacts> {
  const git = (...args: string[]) => run('git', args, { cwd: root, timeoutMs: QUICK_MS });
  const [head, status] = [await git('rev-parse', '--short=12', 'HEAD'), await git('status', '--porcelain')];
  const commit = head.code === 0 ? head.stdout.trim() : 'not under git';
  return {
    cpu: `${cpus()[0]?.model.trim() ?? 'an unknown CPU'} (${arch()})`,
    cpus: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
    kernel: release(),
    node: nodeVersion,
    commit: status.stdout.trim() === '' ? commit : `${commit} with changes`,
    pinning:
      pinning === undefined
        ? 'no process was pinned to a CPU'
        : `what is compared ran on CPU ${pinning.measured}, all else on CPU ${pinning.beside}`,
  };
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}
