// Programs that are downloaded or built once, and kept below the user's cache folder.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';

export type Brought = { readonly ok: true; readonly file: string } | { readonly ok: false; readonly reason: string };

/** `$XDG_CACHE_HOME/grpc-load-balancing`, or the same below `~/.cache`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache');
  return path.join(base, 'grpc-load-balancing');
}

const KEY_LENGTH = 12;

/** Tells what is built of these files from what another version of them gives: a name for its place in the cache. */
export function sourceKey(root: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, KEY_LENGTH);
}

/**
 * Puts a program at `file`. `bring` gets an empty directory, leaves the program somewhere below it and says where, or
 * why it cannot; nothing else of that directory is kept. Never rejects.
 */
export async function keepProgram(file: string, bring: (directory: string) => Promise<Brought>): Promise<Brought> {
  let work: string | undefined;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    // Beside its final place: a rename is atomic only inside one file system, and two runs may do this at once.
    work = await mkdtemp(path.join(path.dirname(file), 'download-'));
    const brought = await bring(work);
    if (!brought.ok) return brought;
    await rename(brought.file, file);
    return { ok: true, file };
  } catch (thrown) {
    return { ok: false, reason: (thrown as Error).message };
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
}
