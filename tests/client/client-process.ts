// The real client as a separate process: started with an environment, watched by its lines, ended by a signal.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import type { Summary } from '../../client/summary';
import { waitFor } from '../support/condition';

const ROOT = path.join(__dirname, '..', '..');
/** Long enough for a process start on a machine with far more to do than cores. */
const START_DEADLINE_MS = 120_000;

export interface LogLine extends Record<string, unknown> {
  readonly msg: string;
}

export class ClientProcess {
  stdout = '';
  stderr = '';
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  #exit: number | NodeJS.Signals | undefined;

  constructor(env: Readonly<Record<string, string>>) {
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, ['-r', './tests/support/typescript.cjs', 'client/main.ts'], {
      cwd: ROOT,
      env: { PATH, POD_NAME: 'grpc-client-1', METRICS_HOST: '127.0.0.1', METRICS_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#exit = code ?? signal ?? 'SIGKILL';
        resolve(this.#exit);
      });
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Log lines so far; the last one only once it is complete. */
  get lines(): LogLine[] {
    return parseLines(this.stdout);
  }

  get summary(): Summary {
    const line = this.lines.find(({ msg }) => msg === 'summary');
    if (line === undefined) throw new Error(`no summary in:\n${this.stdout}${this.stderr}`);
    return line as unknown as Summary;
  }

  linesOf(message: string): LogLine[] {
    return this.lines.filter(({ msg }) => msg === message);
  }

  get received(): LogLine[] {
    return this.lines.filter(({ msg }) => msg.startsWith('Received: '));
  }

  /** Waits until the client said `message`, or until `isTrue` holds. */
  async until(
    what: string,
    isTrue: () => boolean = () => this.linesOf(what).length > 0,
    deadlineMs = START_DEADLINE_MS,
  ) {
    try {
      await waitFor(what, deadlineMs, () => isTrue() || (this.hasExited ? false : undefined), 10);
      assert.ok(isTrue(), `the client exited with ${this.#exit}`);
    } catch (cause) {
      throw new Error(`${what}: not in\n${this.stdout.slice(-2000)}${this.stderr.slice(-2000)}`, { cause });
    }
  }

  /** Ends the client by `signal` and returns how it exited. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.exited;
  }

  /** Goes away as a reader of standard output. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

export function parseLines(text: string): LogLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Starts a client that is gone when the test is over, whatever happens. */
export function startClient(t: Pick<TestContext, 'after'>, env: Readonly<Record<string, string>>): ClientProcess {
  const client = new ClientProcess(env);
  t.after(() => client.stop('SIGKILL'));
  return client;
}
