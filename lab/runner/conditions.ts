// The conditions under which a run is made, for params.json: commit, versions, machine.
import { readFile } from 'node:fs/promises';
import { arch, cpus, release, type as systemName, totalmem } from 'node:os';
import * as path from 'node:path';
import type { RunCommand } from '../../command-line/run-command';
import type { Machine } from '../records/params';

export interface Conditions {
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Machine;
}

const GIT_MS = 20_000;
const COMMIT_DIGITS = 10;

/** @param root the project's folder @param nodeVersion `v20.20.2` */
export async function readConditions(root: string, nodeVersion: string, run: RunCommand): Promise<Conditions> {
  const grpc = await readFile(path.join(root, 'node_modules', '@grpc', 'grpc-js', 'package.json'), 'utf8');
  const { version } = JSON.parse(grpc) as { readonly version: string };
  return {
    commit: await readCommit(root, run),
    versions: { node: nodeVersion.replace(/^v/, ''), '@grpc/grpc-js': version },
    machine: {
      cpus: cpus().length,
      cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
      memoryBytes: totalmem(),
      system: `${systemName()} ${release()} ${arch()}`,
    },
  };
}

/** The commit, and whether the tree differs from it; `unknown` for a copy without its history. */
export async function readCommit(root: string, run: RunCommand): Promise<string> {
  const git = (...args: string[]) => run('git', ['-C', root, ...args], { timeoutMs: GIT_MS });
  const head = await git('rev-parse', 'HEAD');
  if (head.code !== 0) return 'unknown';
  const status = await git('status', '--porcelain');
  const isClean = status.code === 0 && status.stdout.trim() === '';
  return `${head.stdout.trim().slice(0, COMMIT_DIGITS)}${isClean ? '' : '+changes'}`;
}
