// How a program of another language is built: what its toolchain is asked, and where the result lies in the folder that it
// gets. Every version comes from the files beside the source.
import { cpSync } from 'node:fs';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import { PIP_ENV } from '../envoy/pypi-program';
import type { Toolchain } from './programs';

/** A cold build of gRPC takes minutes on two busy cores. */
const BUILD_MS = 20 * 60_000;
const QUICK_MS = 60_000;

export interface BuildPlace {
  /** The folder of the source. */
  readonly source: string;
  /** The contract, `greeter.proto`. */
  readonly proto: string;
  /** An empty folder for the result; what is in it may move as a whole. */
  readonly output: string;
  readonly run: RunCommand;
}

interface Steps {
  /** Ends with 0 where the toolchain is there. */
  readonly probe: readonly [command: string, ...args: string[]];
  /** What must be installed. */
  readonly needs: string;
  readonly build: (place: BuildPlace) => Promise<string | undefined>;
}

/** Runs the commands in turn. @returns why one failed */
async function inTurn(
  run: RunCommand,
  cwd: string,
  commands: readonly (readonly [string, ...string[]])[],
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  for (const [command, ...args] of commands) {
    const result = await run(command, args, { timeoutMs: BUILD_MS, cwd, env });
    if (result.code !== 0) return `${[command, ...args].slice(0, 3).join(' ')} failed (${explainFailure(result)})`;
  }
  return undefined;
}

const TOOLCHAINS: Readonly<Record<Toolchain, Steps>> = {
  go: {
    probe: ['go', 'version'],
    needs: 'Go',
    build: ({ source, output, run }) => inTurn(run, source, [['go', 'build', '-o', path.join(output, 'program'), '.']]),
  },
  python: {
    probe: ['python3', '-m', 'pip', '--version'],
    needs: 'Python 3 with pip',
    build: async ({ source, proto, output, run }) => {
      cpSync(source, output, { recursive: true });
      const packages = path.join(output, 'packages');
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
      const pinned = ['--no-deps', '--only-binary', ':all:', '--target', packages, '-r', 'requirements.txt'];
      const missing = await inTurn(run, output, [['python3', ...pip, ...pinned]], PIP_ENV);
      if (missing !== undefined) return missing;
      const protoc = ['-m', 'grpc_tools.protoc', '-I', path.dirname(proto)];
      const written = [`--python_out=${output}`, `--grpc_python_out=${output}`, path.basename(proto)];
      const env = ['env', `PYTHONPATH=${packages}`] as const;
      return inTurn(run, output, [[...env, 'python3', ...protoc, ...written]]);
    },
  },
  node: {
    probe: ['npm', '--version'],
    needs: 'npm',
    build: ({ source, proto, output, run }) => {
      cpSync(source, output, { recursive: true });
      cpSync(proto, path.join(output, path.basename(proto)));
      return inTurn(run, output, [['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund']]);
    },
  },
};

/** @returns why it cannot be built; undefined when it was */
export async function build(toolchain: Toolchain, place: BuildPlace): Promise<string | undefined> {
  const { probe, needs, build: buildWith } = TOOLCHAINS[toolchain];
  const [command, ...args] = probe;
  const found = await place.run(command, args, { timeoutMs: QUICK_MS });
  if (found.code !== 0) return `needs ${needs}: ${explainFailure(found)}`;
  return buildWith(place);
}
