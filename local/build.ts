// Compiles the services once, as the image build does, and only when a source is newer than the last build. Two stacks
// that start together must not write the same files: one builds, the other waits.
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { RunCommand } from '../command-line/run-command';
import { StartError } from '../runtime/errors';
import { delay } from '../runtime/lifecycle';

export interface BuildOptions {
  /** The project's folder. */
  readonly root: string;
  readonly run: RunCommand;
  /** The process that builds, for the lock. */
  readonly pid: number;
  /** Whether a process of that number runs. */
  readonly isAlive: (pid: number) => boolean;
}

const PROGRAMS = ['server/main.js', 'client/main.js'];
const SOURCES = ['proto', 'runtime', 'server', 'client', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const BUILD_MS = 180_000;
const LOCK_POLL_MS = 100;

/** Leaves a current build in `dist/`. @throws StartError with the compiler's words. */
export async function buildServices({ root, run, pid, isAlive }: BuildOptions): Promise<'built' | 'current'> {
  const output = path.join(root, 'dist');
  const stamp = path.join(output, '.built');
  await mkdir(output, { recursive: true });
  const unlock = await lock(path.join(output, '.building'), pid, isAlive);
  try {
    const newest = Math.max(...SOURCES.map((name) => newestChange(path.join(root, name))));
    const oldest = Math.min(...[stamp, ...PROGRAMS.map((name) => path.join(output, name))].map(changeOf));
    if (oldest > 0 && newest <= changeOf(stamp)) return 'current';
    const startedAt = new Date();
    const result = await run('npm', ['run', '--silent', 'build'], { cwd: root, timeoutMs: BUILD_MS });
    if (result.code !== 0) {
      const words = result.failure ?? `${result.stdout}${result.stderr}`.trim();
      throw new StartError(`npm run build failed:\n${words}`);
    }
    writeFileSync(stamp, '');
    // What was edited while the compiler ran may not be in the build.
    utimesSync(stamp, startedAt, startedAt);
    return 'built';
  } finally {
    unlock();
  }
}

function newestChange(file: string): number {
  const own = changeOf(file);
  if (!statSync(file).isDirectory()) return own;
  return readdirSync(file).reduce((newest, name) => Math.max(newest, newestChange(path.join(file, name))), own);
}

/** Time of the last change (ms since the epoch), 0 when there is no such file. */
function changeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Takes the lock `file`, waiting for its holder as long as that process lives. Returns what releases it. */
async function lock(file: string, pid: number, isAlive: (pid: number) => boolean): Promise<() => void> {
  const never = new AbortController().signal;
  for (;;) {
    try {
      writeFileSync(file, String(pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    const takenAt = changeOf(file);
    const holder = takenAt === 0 ? undefined : Number(readFileSync(file, 'utf8'));
    const isStale = Date.now() - takenAt > BUILD_MS;
    if (holder !== undefined && (isStale || (holder > 0 && !isAlive(holder)))) rmSync(file, { force: true });
    else await delay(LOCK_POLL_MS, never);
  }
}
