// The command line in a pseudo-terminal, made by Python, and the screen that it draws.
import { spawn, spawnSync } from 'node:child_process';
import { COMMAND } from './command-line';

export interface Screen {
  /** Presses one key. */
  press(key: string): void;
  /** The table as it is now, line by line. */
  lines(): string[];
  /** Everything that was written, control sequences included. */
  written(): string;
  readonly finished: Promise<number | null>;
}

/** Makes a pseudo-terminal, runs the rest of the arguments in it, and passes on keys, output and exit code. */
const IN_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** Why there can be no pseudo-terminal here; undefined if there can. */
export function whyNoTerminal(): string | undefined {
  const { status } = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']);
  return status === 0 ? undefined : 'no python3 (3.9 or newer) to make a pseudo-terminal with';
}

export function openScreen(args: readonly string[], env: NodeJS.ProcessEnv): Screen {
  const child = spawn('python3', ['-c', IN_TERMINAL, ...COMMAND, ...args], {
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', LANG: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  const finished = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      child.stdin.destroy();
      resolve(code);
    });
  });
  return {
    press: (key) => void child.stdin.write(key),
    lines: () => {
      const lines: string[] = [];
      for (const [, row, text] of written.matchAll(/\u001b\[(\d+);1H([^\u001b]*)\u001b\[K/g)) {
        lines[Number(row) - 1] = text ?? '';
      }
      return Array.from(lines, (line) => line ?? '');
    },
    written: () => written,
    finished,
  };
}
