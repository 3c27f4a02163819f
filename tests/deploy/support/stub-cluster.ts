// Runs deploy-all.sh against stub.sh: a folder with the few tools the script may use, and no other on PATH. Knows how to
// start it and to read what it did; says nothing about what it should do.
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { TestContext } from 'node:test';

export const ROOT = path.resolve(__dirname, '../../..');
const STUB = path.join(__dirname, 'stub.sh');

/** All of the machine that deploy-all.sh may rely on, apart from the tools that are stubs here. */
const SYSTEM_TOOLS =
  'bash env awk cat cksum cmp cp cut dirname find grep head id ln ls mkdir mktemp mv openssl ps readlink rm sed sleep sort tail tr uniq';

const HANG_DEADLINE_MS = 60_000;

export interface Rule {
  /** A bash pattern over the whole call, `kubectl @ …`, where `@` stands for the context. */
  readonly call: string;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Exit code, or `hang` for a call that does not come back. */
  readonly code?: number | 'hang';
  /** How often it answers; 0 (the default) is always. */
  readonly times?: number;
}

/** The minikube that is played: 1.39 has containerd (2.3) by default; before, Docker, or containerd 1.7 if asked for. */
export type Minikube = 'containerd' | 'docker' | 'containerd-1.7';

export const MINIKUBES: readonly (readonly [as: string, minikube: Minikube])[] = [
  ['minikube 1.39 does (containerd)', 'containerd'],
  ['minikube 1.38 does (Docker)', 'docker'],
  ['minikube 1.38 does with --container-runtime=containerd', 'containerd-1.7'],
];

export interface RunOptions {
  readonly cwd?: string;
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What run() sends to standard input before it ends it. */
  readonly stdin?: string;
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line on stderr that is not empty: the one sentence. */
  readonly sentence: string;
  /** The calls of this run, in order. */
  readonly calls: readonly string[];
}

export interface StubOptions {
  readonly context?: string;
  /** The stubs on PATH, separated by spaces. */
  readonly tools?: string;
  readonly minikube?: Minikube;
}

export class StubCluster {
  readonly #folder: string;
  readonly #context: string;
  readonly #minikube: Minikube;
  #rules = 0;

  constructor(
    test: TestContext,
    { context = 'minikube', tools = 'kubectl minikube', minikube = 'containerd' }: StubOptions = {},
  ) {
    this.#context = context;
    this.#minikube = minikube;
    this.#folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'stub-cluster-'));
    test.after(() => rmSync(this.#folder, { recursive: true, force: true }));
    for (const name of ['bin', 'rules', 'objects', 'tmp']) mkdirSync(path.join(this.#folder, name));
    writeFileSync(path.join(this.#folder, 'calls'), '');
    for (const tool of SYSTEM_TOOLS.split(' ')) symlinkSync(which(tool), path.join(this.#folder, 'bin', tool));
    for (const tool of tools.split(' ').filter((name) => name !== '')) this.addTool(tool);
  }

  addTool(tool: string): void {
    symlinkSync(STUB, path.join(this.#folder, 'bin', tool));
  }

  rule({ call, stdout = '', stderr = '', code = 0, times = 0 }: Rule): this {
    this.#rules += 1;
    const folder = path.join(this.#folder, 'rules', String(this.#rules).padStart(3, '0'));
    mkdirSync(folder);
    for (const [name, text] of Object.entries({ pattern: call, stdout, stderr, code: `${code}`, times: `${times}` })) {
      writeFileSync(path.join(folder, name), text);
    }
    return this;
  }

  /** Resolves when a call has met a rule that hangs. */
  async hangs(): Promise<void> {
    const deadline = Date.now() + HANG_DEADLINE_MS;
    while (!existsSync(path.join(this.#folder, 'hanging'))) {
      if (Date.now() > deadline) throw new Error(`no call hangs:\n${this.calls.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  clearRules(): void {
    rmSync(path.join(this.#folder, 'rules'), { recursive: true });
    mkdirSync(path.join(this.#folder, 'rules'));
  }

  /** The folder that stands for TMPDIR: whatever is left in it after a run was left behind. */
  get leftBehind(): readonly string[] {
    return readdirSync(path.join(this.#folder, 'tmp'));
  }

  get temporaryFolder(): string {
    return path.join(this.#folder, 'tmp');
  }

  get calls(): readonly string[] {
    return readFileSync(path.join(this.#folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  }

  /** The images on the node: the id per name, as the runtime has it (a short name is not completed). */
  get images(): ReadonlyMap<string, string> {
    const folder = path.join(this.#folder, 'images/node');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return new Map(files.map((file) => [file.replaceAll('+', '/'), readFileSync(path.join(folder, file), 'utf8')]));
  }

  /** What was applied under a name: the file's path below the step, as `deployment.yaml` of grpc_server_k8s below `server`. */
  applied(name: string): string {
    return readFileSync(this.pathOfApplied(name), 'utf8');
  }

  pathOfApplied(name: string): string {
    return path.join(this.#folder, 'objects', `${name.replaceAll('/', '_')}.yaml`);
  }

  get appliedNames(): readonly string[] {
    return readdirSync(path.join(this.#folder, 'objects'))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.slice(0, -'.yaml'.length));
  }

  start(args: readonly string[], { cwd = this.#folder, script, env = {} }: RunOptions = {}): ChildProcess {
    return spawn('bash', [script ?? path.join(ROOT, 'deploy-all.sh'), ...args], {
      cwd,
      detached: true, // a process group of its own, as under a terminal: Ctrl-C reaches the stubs too
      env: {
        PATH: path.join(this.#folder, 'bin'),
        HOME: this.#folder,
        TMPDIR: path.join(this.#folder, 'tmp'),
        STUB_FOLDER: __dirname,
        STUB_STATE: this.#folder,
        STUB_CONTEXT: this.#context,
        STUB_MINIKUBE: this.#minikube,
        STUCK_SECONDS: '1',
        ...env,
      },
    });
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    // Before the start: the first call may be there before this line goes on.
    const callsBefore = this.calls.length;
    const child = this.start(args, options);
    // A script that has ended reads nothing any more.
    child.stdin?.on('error', () => undefined).end(options.stdin ?? '');
    return this.finish(child, callsBefore);
  }

  finish(child: ChildProcess, callsBefore = 0): Promise<Run> {
    const text = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk) => {
      text.stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      text.stderr += chunk;
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const lines = text.stderr.split('\n').filter((line) => line.trim() !== '');
        resolve({
          ...text,
          code: code ?? (signal === null ? -1 : -2),
          sentence: lines.at(-1) ?? '',
          calls: this.calls.slice(callsBefore),
        });
      });
    });
  }
}

/** Calls that change the cluster. A dry run at the server is none. */
export function writes(calls: readonly string[]): readonly string[] {
  return calls.filter(
    (call) =>
      /^kubectl @ (-n \S+ )?(apply|delete|annotate|label|patch|create|scale|rollout restart) /.test(call) &&
      !call.includes('--dry-run'),
  );
}

/** The folders, or objects from stdin, that were applied, in order. */
export function appliedSteps(calls: readonly string[]): readonly string[] {
  return writes(calls)
    .filter((call) => call.includes(' apply '))
    .map((call) => /-f (\S+)/.exec(call)?.[1] ?? '')
    .map((target) => path.basename(target));
}

function which(tool: string): string {
  const folder = (process.env.PATH ?? '').split(':').find((entry) => existsSync(path.join(entry, tool)));
  if (folder === undefined) throw new Error(`the tests of deploy-all.sh need '${tool}' on PATH`);
  return path.join(folder, tool);
}
