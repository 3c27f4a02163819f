// Proxies of Debian: one on the PATH, or the packages unpacked into the cache, so that nothing is installed and no service
// starts.
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import { cacheDirectory, keepProgram } from '../../local/envoy/program-cache';

export interface DebianProgram {
  readonly name: string;
  /** The packages that it needs beside what every Debian has. */
  readonly packages: readonly string[];
  /** Where the package keeps it. */
  readonly inside: string;
  /** Arguments with which it says its version. */
  readonly probe: readonly string[];
}

export type FoundProgram =
  | { readonly ok: true; readonly file: string; readonly libraries: string; readonly version: string }
  | { readonly ok: false; readonly reason: string };

export const HAPROXY: DebianProgram = {
  name: 'haproxy',
  packages: ['haproxy', 'liblua5.3-0', 'libopentracing-c-wrapper0', 'libopentracing1'],
  inside: 'usr/sbin/haproxy',
  probe: ['-v'],
};
export const NGINX: DebianProgram = { name: 'nginx', packages: ['nginx'], inside: 'usr/sbin/nginx', probe: ['-v'] };
export const CADDY: DebianProgram = { name: 'caddy', packages: ['caddy'], inside: 'usr/bin/caddy', probe: ['version'] };

const QUICK_MS = 20_000;
const FETCH_MS = 5 * 60_000;

export async function findDebianProgram(
  program: DebianProgram,
  env: NodeJS.ProcessEnv,
  run: RunCommand,
  log: (text: string) => void,
): Promise<FoundProgram> {
  const onPath = await probe(program.name, '', program, run);
  if (onPath.ok) return onPath;
  const folder = path.join(cacheDirectory(env), `debian-${program.name}`);
  if (!existsSync(folder)) {
    log(`fetching Debian's ${program.name}, once`);
    const kept = await keepProgram(folder, (directory) => fetchPackages(program, directory, run));
    if (!kept.ok) return { ok: false, reason: `no ${program.name} on the PATH; ${kept.reason}` };
  }
  return probe(path.join(folder, program.inside), await libraryFolders(folder), program, run);
}

async function fetchPackages({ packages }: DebianProgram, directory: string, run: RunCommand) {
  const fetched = await run('apt-get', ['download', ...packages], { cwd: directory, timeoutMs: FETCH_MS });
  if (fetched.code !== 0) return { ok: false as const, reason: `apt-get download failed (${explainFailure(fetched)})` };
  const root = path.join(directory, 'root');
  await mkdir(root);
  for (const archive of (await readdir(directory)).filter((name) => name.endsWith('.deb'))) {
    const unpacked = await run('dpkg-deb', ['-x', archive, root], { cwd: directory, timeoutMs: FETCH_MS });
    if (unpacked.code !== 0)
      return { ok: false as const, reason: `cannot unpack ${archive} (${explainFailure(unpacked)})` };
  }
  return { ok: true as const, file: root };
}

/** `usr/lib/x86_64-linux-gnu`, where packages for this kind of machine put their libraries. */
async function libraryFolders(folder: string): Promise<string> {
  const lib = path.join(folder, 'usr', 'lib');
  if (!existsSync(lib)) return '';
  const names = (await readdir(lib)).filter((name) => name.endsWith('-linux-gnu'));
  return names.map((name) => path.join(lib, name)).join(':');
}

async function probe(file: string, libraries: string, program: DebianProgram, run: RunCommand): Promise<FoundProgram> {
  const words = libraries === '' ? [file] : ['env', `LD_LIBRARY_PATH=${libraries}`, file];
  const [command = '', ...args] = [...words, ...program.probe];
  const asked = await run(command, args, { timeoutMs: QUICK_MS });
  if (asked.code !== 0) return { ok: false, reason: `${file} does not run (${explainFailure(asked)})` };
  const version = /\d+\.\d+\.\d+/.exec(`${asked.stdout}${asked.stderr}`)?.[0] ?? 'of an unknown version';
  return { ok: true, file, libraries, version };
}
