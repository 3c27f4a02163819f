// Finds a built client or server of another language, and builds it where there is none of this source: once, into the
// user's cache.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { RunCommand } from '../../command-line/run-command';
import { cacheDirectory, keepProgram, sourceKey } from '../envoy/program-cache';
import { type Program, type Start, sourceOf } from './programs';
import { build } from './toolchains';

export interface ProgramPlace {
  /** The project's folder. */
  readonly root: string;
  readonly nodePath: string;
  readonly env: NodeJS.ProcessEnv;
  readonly run: RunCommand;
  /** Tells the reader what takes long. */
  readonly say: (text: string) => void;
}

export type FoundProgram =
  | { readonly ok: true; readonly start: Start; readonly folder: string }
  | { readonly ok: false; readonly reason: string };

const PROTO = path.join('proto', 'greeter.proto');

/** Never rejects: what is not installed is a reason. */
export async function findProgram(program: Program, place: ProgramPlace): Promise<FoundProgram> {
  const { root, nodePath, env, run, say } = place;
  const source = path.join(root, sourceOf(program));
  const proto = path.join(root, PROTO);
  const folder = path.join(cacheDirectory(env), sourceOf(program), sourceKey(source, filesOf(source, proto)));
  const found = { ok: true, start: program.start(folder, nodePath), folder } as const;
  if (existsSync(folder)) return found;
  say(`building ${program.kind} ${program.name}, once`);
  const kept = await keepProgram(folder, async (directory) => {
    const output = path.join(directory, 'output');
    await mkdir(output);
    const reason = await build(program.toolchain, { source, proto, output, run });
    return reason === undefined ? { ok: true, file: output } : { ok: false, reason };
  });
  if (kept.ok || existsSync(folder)) return found;
  return { ok: false, reason: kept.reason };
}

/** The version of its gRPC library, as its files pin it. @throws Error when they do not */
export function libraryVersion({ pin, ...program }: Program, root: string): string {
  const file = path.join(sourceOf(program), pin.file);
  const version = pin.pattern.exec(readFileSync(path.join(root, file), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${file}: expected the version of ${pin.library}`);
  return version;
}

/** All that the build reads: another source is another program. */
function filesOf(source: string, proto: string): readonly string[] {
  const names = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  return [...names.sort(), proto];
}
