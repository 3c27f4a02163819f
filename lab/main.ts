// The lab's command line: `npm run lab -- …`. The only file of the lab's commands that touches the process.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { interruptionOf } from '../command-line/interruption';
import { machineOf } from '../command-line/machine';
import { ManifestError } from '../manifest-reader/fields';
import { StartError, toError } from '../runtime/errors';
import { type Command, parseCommand, USAGE } from './command-line';
import { type CommandIo, EXIT, type ExitCode } from './commands/command-context';
import { docsCommand } from './commands/docs';
import { mutateCommand } from './commands/mutate';
import { compareCommand, listCommand, reportCommand } from './commands/report';
import { runCommand } from './commands/run';
import { EXPERIMENTS } from './experiments/all';
import { createClusterSystem } from './system/cluster/cluster-system';
import { createLocalSystem } from './system/local/local-system';

/** Where experiments can run. A backend is added by its line here. */
const BACKENDS: CommandIo['backends'] = {
  local: createLocalSystem,
  cluster: createClusterSystem,
};

void main();

async function main(): Promise<void> {
  const backends = Object.keys(BACKENDS) as (keyof typeof BACKENDS)[];
  const command = parseCommand(process.argv.slice(2), { experiments: EXPERIMENTS, backends });
  const interrupted = interruptionOf(process, EXIT.interrupted);
  const io: CommandIo = {
    machine: machineOf(process, path.resolve(__dirname, '..')),
    nodeVersion: process.version,
    experiments: EXPERIMENTS,
    backends: BACKENDS,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    interrupted,
    random: Math.random,
  };
  let code: ExitCode;
  try {
    code = await execute(command, io);
  } catch (thrown) {
    const error = toError(thrown);
    if (error instanceof ManifestError) {
      for (const problem of error.problems) io.err(`lab: ${problem}\n`);
    } else io.err(`lab: ${error instanceof StartError ? error.message : (error.stack ?? error.message)}\n`);
    // Ctrl-C while something was looked for or compiled.
    const failure = error instanceof ManifestError ? EXIT.wrong : EXIT.failed;
    code = interrupted.aborted ? EXIT.interrupted : failure;
  }
  // Nothing more may keep the process: a signal handler, a connection that is still open.
  process.stdout.write('', () => process.exit(code));
}

async function execute(command: Command, io: CommandIo): Promise<ExitCode> {
  switch (command.kind) {
    case 'help':
      io.out(USAGE);
      return EXIT.passed;
    case 'wrong':
      return refuse(command.problems, io);
    case 'list':
      return listCommand(command, io);
    case 'run':
      return runCommand(command, io);
    case 'mutate':
      return mutateCommand(command, io);
    case 'report':
      return missingFolders([command.folder], io) ?? reportCommand(command, io);
    case 'compare':
      return missingFolders([command.left, command.right], io) ?? compareCommand(command, io);
    case 'docs':
      return missingFolders(command.folders, io) ?? docsCommand(command, io);
  }
}

/** Refuses if there are any. */
function missingFolders(folders: readonly string[], io: CommandIo): ExitCode | undefined {
  const missing = folders.filter((folder) => !existsSync(folder)).map((folder) => `${folder}: there is no such folder`);
  return missing.length === 0 ? undefined : refuse(missing, io);
}

function refuse(problems: readonly string[], { err }: CommandIo): ExitCode {
  for (const problem of problems) err(`lab: ${problem}\n`);
  err('lab: --help shows the commands\n');
  return EXIT.wrong;
}
