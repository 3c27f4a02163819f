// `./deploy-all.sh --local`: the command line of the local stack. The only file here that touches the process.
import * as path from 'node:path';
import { machineOf } from '../command-line/machine';
import { parseOptions, USAGE } from './options';
import { type RunContext, runLocal } from './run';
import { LEAVE_SCREEN } from './screen/terminal';

void main();

async function main(): Promise<void> {
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.kind === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  if (parsed.kind === 'wrong') {
    for (const problem of parsed.problems) process.stderr.write(`local stack: ${problem}\n`);
    process.stderr.write('local stack: --help shows the options\n');
    process.exitCode = 2;
    return;
  }
  const interrupted = new AbortController();
  const hurried = new AbortController();
  const interrupt = () => (interrupted.signal.aborted ? hurried : interrupted).abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // A reader that went away (`| head`) has had enough.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupted.abort());

  const { stdin, stdout, stderr } = process;
  const crash = (thrown: unknown) => {
    if (stdin.isTTY && stdin.isRaw) {
      stdout.write(LEAVE_SCREEN);
      stdin.setRawMode(false);
    }
    stderr.write(`local stack: ${thrown instanceof Error ? thrown.stack : thrown}\n`);
    // What runs is ended by the reaper, as it would be after SIGKILL.
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const context: RunContext = {
    machine: machineOf(process, path.resolve(__dirname, '..')),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    terminal: stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined,
    interrupted: interrupted.signal,
    hurried: hurried.signal,
    interrupt,
    signalGroup: (leader, name) => {
      try {
        process.kill(-leader, name);
      } catch {
        // All of the group have ended.
      }
    },
  };
  const code = await runLocal(parsed.options, context);
  // Nothing more may keep the process: a key press, a signal handler.
  stdout.write('', () => process.exit(code));
}
