// The benchmark's command line: `npm run bench -- …`. The only file of it that touches the process.
import * as path from 'node:path';
import { interruptionOf } from '../command-line/interruption';
import { machineOf } from '../command-line/machine';
import { StartError, toError } from '../runtime/errors';
import { parseCommand, USAGE } from './command-line';
import { judge, voidRows } from './comparison/gates';
import { summaryText } from './page/summary-text';
import { writeDocument, writeResults } from './page/write-results';
import { mergeRecords } from './records/merge-records';
import { readRecord } from './records/record';
import { runBench } from './run-bench';
import { BusyError } from './run-suite';

const EXIT = { done: 0, failed: 1, wrong: 2, interrupted: 130 } as const;
const ROOT = path.resolve(__dirname, '..');

void main();

async function main(): Promise<void> {
  const interrupted = interruptionOf(process, EXIT.interrupted);
  let code: number;
  try {
    code = await execute(interrupted);
  } catch (thrown) {
    const error = toError(thrown);
    const isKnown = error instanceof StartError || error instanceof BusyError;
    if (!interrupted.aborted) say(isKnown ? error.message : (error.stack ?? error.message));
    code = interrupted.aborted ? EXIT.interrupted : EXIT.failed;
  }
  // Nothing more may keep the process: a signal handler, a connection that is still open.
  process.stdout.write('', () => process.exit(code));
}

async function execute(signal: AbortSignal): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') {
    process.stdout.write(USAGE);
    return EXIT.done;
  }
  if (command.kind === 'wrong') {
    for (const problem of command.problems) say(problem);
    say('--help shows the options');
    return EXIT.wrong;
  }
  if (command.kind === 'document') {
    const [first, ...later] = command.from;
    const record = mergeRecords([readRecord(first), ...later.map(readRecord)]);
    const spoilt = voidRows(record);
    for (const text of spoilt) say(`no number: ${text}`);
    if (spoilt.length > 0) return EXIT.failed;
    writeDocument(ROOT, record);
    return EXIT.done;
  }
  if (process.platform !== 'linux') {
    say(`skipped: CPU time is read from /proc, which only Linux has, and this is ${process.platform}`);
    return EXIT.done;
  }
  const record = await runBench({
    options: command,
    machine: machineOf(process, ROOT),
    nodeVersion: process.versions.node,
    arch: process.arch,
    ownCpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    signal,
    seed: command.seed ?? Math.floor(Math.random() * 2 ** 31),
    say,
    keep: (soFar) => writeResults(path.resolve(command.out), soFar),
  });
  const spoilt = voidRows(record);
  for (const text of spoilt) say(`no number: ${text}`);
  const judged = command.isQuick ? judge(record) : [];
  for (const { holds, text } of judged) say(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${text}`);
  process.stdout.write(summaryText(record));
  const passed = spoilt.length === 0 && judged.every(({ holds }) => holds);
  if (command.hasDocument && passed) writeDocument(ROOT, record);
  if (command.json) process.stdout.write(`${JSON.stringify({ passed, spoilt, gates: judged })}\n`);
  return passed ? EXIT.done : EXIT.failed;
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
