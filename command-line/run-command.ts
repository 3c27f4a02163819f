// Runs one command to its end and says how it went. Never rejects: a command that is not there is an outcome too.
import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Exit code; `undefined` when the command was not found, could not run, or was ended by its time limit. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no exit code, in a few words. */
  readonly failure: string | undefined;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** Added to the environment, for this command alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the command reads from its standard input; nothing by default. */
  readonly input?: string;
  /** Ends the command. */
  readonly signal?: AbortSignal;
  /** Default 16 MiB. */
  readonly maxOutputBytes?: number;
}

export type RunCommand = (command: string, args: readonly string[], options: CommandOptions) => Promise<CommandResult>;

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** A `RunCommand` whose commands see the environment `env`. */
export function createRunCommand(env: NodeJS.ProcessEnv): RunCommand {
  return (command, args, { timeoutMs, cwd, env: more, input, signal, maxOutputBytes = MAX_OUTPUT_BYTES }) =>
    new Promise((resolve) => {
      const options = {
        env: { ...env, ...more },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: maxOutputBytes,
        ...(cwd !== undefined && { cwd }),
        ...(signal !== undefined && { signal }),
      } as const;
      const child = execFile(command, [...args], options, (error, stdout, stderr) => {
        if (error === null) return resolve({ code: 0, stdout, stderr, failure: undefined });
        if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr, failure: undefined });
        if (signal?.aborted) return resolve({ code: undefined, stdout, stderr, failure: 'it was interrupted' });
        const failure = error.killed ? `did not end within ${timeoutMs / 1000} s` : describe(error.code, command);
        resolve({ code: undefined, stdout, stderr, failure });
      });
      // A command that ends without reading has had enough.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
}

/** The end of what a failed command said, on one line, for an error message. */
export function explainFailure(result: CommandResult): string {
  if (result.failure !== undefined) return result.failure;
  const lines = (result.stderr.trim() || result.stdout.trim()).split('\n');
  const last = lines.at(-1)?.trim();
  return last ? `exit code ${result.code}: ${last}` : `exit code ${result.code}`;
}

function describe(code: string | null | undefined, command: string): string {
  const isPath = command.includes('/');
  if (code === 'ENOENT') return isPath ? 'there is no such file' : `${command} is not installed`;
  if (code === 'EACCES') return isPath ? 'it is not executable' : `${command} is not executable`;
  return `${command} could not run${code ? `: ${code}` : ''}`;
}
