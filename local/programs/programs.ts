// The clients and servers in other languages: clients/ and servers/. Owns which there are, what builds and runs each, and
// where the version of its gRPC library stands. They know nothing of this project but its contract.
import * as path from 'node:path';

export type Toolchain = 'go' | 'python' | 'node';

export interface Program {
  readonly kind: 'client' | 'server';
  /** Of its folder in `clients/` or `servers/`. */
  readonly name: string;
  readonly language: string;
  readonly toolchain: Toolchain;
  /** The file that pins its gRPC library, and the version in it. */
  readonly pin: { readonly file: string; readonly library: string; readonly pattern: RegExp };
  /** What starts it, in the folder where it was built. */
  readonly start: (folder: string, nodePath: string) => Start;
}

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const GO = {
  language: 'Go',
  toolchain: 'go',
  pin: { file: 'go.mod', library: 'grpc-go', pattern: /^\tgoogle\.golang\.org\/grpc v(\S+)$/m },
  start: (folder: string) => ({ command: path.join(folder, 'program'), args: [] }),
} as const;

/** @param main the file to run */
const python = (main: string) =>
  ({
    language: 'Python',
    toolchain: 'python',
    pin: { file: 'requirements.txt', library: 'grpcio', pattern: /^grpcio==(\S+)$/m },
    start: (folder: string) => ({
      command: 'python3',
      args: [path.join(folder, main)],
      env: { PYTHONPATH: path.join(folder, 'packages') },
    }),
  }) as const;

const NODE = {
  language: 'JavaScript',
  toolchain: 'node',
  pin: { file: 'package.json', library: 'grpc-js', pattern: /"@grpc\/grpc-js": "([^"]+)"/ },
  start: (folder: string, nodePath: string) => ({
    command: nodePath,
    args: [path.join(folder, 'client.js')],
    // Read by grpc-js when it loads: the resolver that a target names is asked.
    env: { GRPC_NODE_USE_ALTERNATIVE_RESOLVER: 'true' },
  }),
} as const;

export const PROGRAMS: readonly Program[] = [
  { kind: 'client', name: 'grpc-go', ...GO },
  { kind: 'client', name: 'grpcio', ...python('client.py') },
  { kind: 'client', name: 'grpc-js', ...NODE },
  { kind: 'server', name: 'grpc-go', ...GO },
  { kind: 'server', name: 'grpcio', ...python('server.py') },
];

/** Where its source is, below the project's folder. */
export function sourceOf({ kind, name }: Pick<Program, 'kind' | 'name'>): string {
  return path.join(`${kind}s`, name);
}

/** @throws Error when there is no such program */
export function programNamed(kind: Program['kind'], name: string): Program {
  const found = PROGRAMS.find((program) => program.kind === kind && program.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} "${name}"; there are ${namesOf(kind).join(', ')}`);
  return found;
}

export function namesOf(kind: Program['kind']): readonly string[] {
  return PROGRAMS.filter((program) => program.kind === kind).map(({ name }) => name);
}
