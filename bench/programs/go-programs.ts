// The programs of bench/go, built once per version of their sources and kept in the cache.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import { cacheDirectory, keepProgram, sourceKey } from '../../local/envoy/program-cache';
import { StartError } from '../../runtime/errors';

export interface GoPrograms {
  readonly generator: string;
  readonly server: string;
  /** The version of grpc-go in go.mod, `v1.85.0`. */
  readonly grpcVersion: string;
}

/** A cold build downloads a few modules and compiles gRPC: minutes on two busy CPUs. */
const BUILD_MS = 20 * 60_000;

export interface GoOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: RunCommand;
  readonly log: (text: string) => void;
}

/** @throws StartError without Go: nothing can be measured without its generator */
export async function goPrograms({ root, env, run, log }: GoOptions): Promise<GoPrograms> {
  const sources = path.join(root, 'bench', 'go');
  const folder = path.join(cacheDirectory(env), `bench-go-${sourceKey(sources, filesOf(sources))}`);
  const build = async (name: string): Promise<string> => {
    const file = path.join(folder, name);
    if (existsSync(file)) return file;
    log(`building bench/go/${name}, once`);
    const kept = await keepProgram(file, async (directory) => {
      const output = path.join(directory, name);
      const built = await run('go', ['build', '-o', output, `./${name}`], { cwd: sources, timeoutMs: BUILD_MS });
      return built.code === 0 ? { ok: true, file: output } : { ok: false, reason: explainFailure(built) };
    });
    if (!kept.ok)
      throw new StartError(`cannot build bench/go/${name}, without which nothing is measured: ${kept.reason}`);
    return kept.file;
  };
  const [generator, server] = [await build('generator'), await build('server')];
  const grpcVersion = /google\.golang\.org\/grpc (v\S+)/.exec(readFileSync(path.join(sources, 'go.mod'), 'utf8'))?.[1];
  return { generator, server, grpcVersion: grpcVersion ?? 'of an unknown version' };
}

function filesOf(sources: string): readonly string[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.go$|^go\.(mod|sum)$/.test(name))
    .sort()
    .map((name) => path.join(sources, name));
}
