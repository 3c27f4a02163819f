// Runs the command line of the local stack as its own process, as a person or a script does.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ROOT, until } from './local-stack';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Its processes, and theirs. */
  descendants(): number[];
  /** What it has in its temporary folder. */
  temporaryFiles(): string[];
}

export const COMMAND = [
  process.execPath,
  '-r',
  path.join(ROOT, 'tests/support/typescript.cjs'),
  path.join(ROOT, 'local/main.ts'),
] as const;

/** Removed when the test file ends. */
const leftovers = new Set<string>();
process.once('exit', () => {
  for (const directory of leftovers) rmSync(directory, { recursive: true, force: true });
});

export function startCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const directory = mkdtempSync(path.join(tmpdir(), 'local-stack-test-'));
  const [command, ...first] = COMMAND;
  const child = spawn(command, [...first, ...args], {
    env: { ...process.env, TMPDIR: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  void finished.then(() => leftovers.add(directory));
  return {
    process: child,
    finished,
    stdout: () => stdout,
    stderr: () => stderr,
    descendants: () => descendantsOf(child.pid as number),
    temporaryFiles: () => readdirSync(directory),
  };
}

export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return startCommand(args, env).finished;
}

/** Waits until none of `pids` runs any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until('processes are gone', () => pids.every((pid) => !isRunning(pid)), 15_000);
}

export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  // A zombie has ended; only its parent has not asked yet.
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** The processes below `root`. */
export function descendantsOf(root: number): number[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const children = (pid: number): number[] =>
    parents.flatMap(([child, parent]) => (parent === pid ? [child, ...children(child)] : []));
  return children(root);
}
