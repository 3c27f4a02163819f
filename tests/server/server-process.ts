// A real grpc-server process on free ports of loopback: started, watched through its log lines, always ended.
import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

const ROOT = path.join(__dirname, '../..');
/** Long enough for a process start on a busy machine; a test that waits this long has failed anyway. */
const DEADLINE_MS = 120_000;

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };
export type Env = Readonly<Record<string, string>>;
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServerProcess {
  readonly lines: LogLine[] = [];
  readonly exited: Promise<Exit>;
  stderr = '';
  private readonly waiting = new Set<() => void>();

  constructor(private readonly child: ChildProcess) {
    const { stdout, stderr } = child;
    if (!stdout || !stderr) throw new Error('the server was started without pipes');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line));
      for (const check of this.waiting) check();
    });
    stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.exited = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get pid(): number {
    return this.child.pid as number;
  }
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
  get grpcPort(): number {
    return this.logged('listening').grpcPort as number;
  }
  get metricsPort(): number {
    return this.logged('listening').metricsPort as number;
  }
  get ports(): { readonly grpcPort: number; readonly metricsPort: number } {
    return { grpcPort: this.grpcPort, metricsPort: this.metricsPort };
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The first line with this `msg`, now or within the deadline. */
  async line(msg: string): Promise<LogLine> {
    const found = () => this.lines.find((line) => line.msg === msg);
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => done(new Error(`${why} before "${msg}" was logged; stderr: ${this.stderr}`));
      const timer = setTimeout(() => fail(`${DEADLINE_MS} ms passed`), DEADLINE_MS);
      const check = () => found() && done();
      const done = (error?: Error) => {
        clearTimeout(timer);
        this.waiting.delete(check);
        if (error) reject(error);
        else resolve();
      };
      this.waiting.add(check);
      this.exited.then(({ code }) => fail(`the server exited with ${code}`));
      check();
    });
    return this.logged(msg);
  }

  private logged(msg: string): LogLine {
    const line = this.lines.find((candidate) => candidate.msg === msg);
    if (!line) throw new Error(`the server has not logged "${msg}"`);
    return line;
  }
}

/** Starts a server, in whatever state it ends up; `t` ends it with the test. */
export function spawnServer(t: Pick<TestContext, 'after'>, env: Env = {}): ServerProcess {
  const args = ['-r', './tests/support/typescript.cjs', 'server/main.ts'];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...FREE_PORTS, ...ROAD, ...env },
  });
  const server = new ServerProcess(child);
  t.after(async () => {
    child.kill('SIGKILL');
    await server.exited;
  });
  return server;
}

/** Starts a server and waits until it listens. */
export async function startServer(t: Pick<TestContext, 'after'>, env: Env = {}): Promise<ServerProcess> {
  const server = spawnServer(t, env);
  await server.line('listening');
  return server;
}

/** Which road the server's calls take: long-road.test.ts runs all the others on the long one. */
const ROAD: Env = process.env.SHORT_ROAD === undefined ? {} : { SHORT_ROAD: process.env.SHORT_ROAD };

export const FREE_PORTS: Env = {
  POD_NAME: 'grpc-server-1',
  GRPC_HOST: '127.0.0.1',
  GRPC_PORT: '0',
  METRICS_HOST: '127.0.0.1',
  METRICS_PORT: '0',
  DRAIN_DELAY_MS: '0',
  GRACE_MS: '1000',
};
