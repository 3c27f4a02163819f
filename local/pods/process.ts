// One child process: starts it, reads its lines, signals it, and keeps the last lines to explain why it died.
// Whether it is a program or a container makes no difference to the outside. Knows nothing of what it runs.
import { execFile, spawn } from 'node:child_process';
import { StartError } from '../../runtime/errors';
import type { Reaper, Remains } from './reaper';

export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The container that `command` runs in, if it is the client of an engine: signals go to the container. */
  readonly container?: string;
  /**
   * Signals all processes of the group that `leader` began, for a program that may have children of its own. Without it
   * signals go to the program alone.
   */
  readonly signalGroup?: SignalGroup;
  /** Called as soon as it has ended. */
  readonly onExit?: () => void;
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
}

export type SignalGroup = (leader: number, signal: NodeJS.Signals) => void;

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Undefined while it runs. */
  readonly exit: ExitStatus | undefined;
  /** Resolves when it has ended and all its output was read. */
  readonly exited: Promise<ExitStatus>;
  /** Does nothing once it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** The last lines of both streams, oldest first. */
  tail(): readonly string[];
}

const TAIL_LINES = 8;

/** @throws StartError when the program cannot be run. */
export async function startProcess(spec: ProcessSpec, reaper: Reaper): Promise<RunningProcess> {
  // In its own process group: a Ctrl-C in the terminal reaches the stack, which ends its processes in order.
  const child = spawn(spec.command, [...spec.args], {
    env: { ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new StartError(`cannot run ${spec.command}: ${cause.message}`, { cause })));
  });
  const pid = child.pid as number;
  const remains: Remains[] = [{ kind: spec.signalGroup === undefined ? 'process' : 'group', pid }];
  if (spec.container !== undefined) remains.push({ kind: 'container', name: spec.container });
  for (const item of remains) reaper.watch(item);

  const tail: string[] = [];
  const onLine = (stream: 'stdout' | 'stderr') => (line: string) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    spec.onLine?.(stream, line);
  };
  readLines(child.stdout, onLine('stdout'));
  readLines(child.stderr, onLine('stderr'));

  let exit: ExitStatus | undefined;
  child.once('exit', (code, signal) => {
    exit = { code, signal };
    // As in a container, nothing outlives the first process; what did would also keep the output open.
    spec.signalGroup?.(pid, 'SIGKILL');
    spec.onExit?.();
    for (const item of remains) reaper.forget(item);
  });
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid,
    get exit() {
      return exit;
    },
    exited,
    signal: (signal) => {
      if (exit !== undefined) return;
      if (spec.signalGroup !== undefined) spec.signalGroup(pid, signal);
      else if (spec.container === undefined) child.kill(signal);
      else execFile('docker', ['kill', '--signal', signal, spec.container], { env: spec.env }, () => {});
    },
    tail: () => tail,
  };
}

/** Asks `running` to end, and kills it if it has not after `graceMs`. Resolves when it has ended. */
export async function stopProcess(running: RunningProcess, graceMs: number): Promise<ExitStatus> {
  running.signal('SIGTERM');
  const giveUp = setTimeout(() => running.signal('SIGKILL'), graceMs);
  const exit = await running.exited;
  clearTimeout(giveUp);
  return exit;
}

/** Calls `onLine` for each line of `stream`, and for a rest without a line end. */
export function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** `exit code 1`, `killed by SIGKILL`. */
export function describeExit({ code, signal }: ExitStatus): string {
  return signal === null ? `exit code ${code}` : `killed by ${signal}`;
}
