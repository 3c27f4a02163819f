// `./deploy-all.sh doctor`: the command line of the doctor. The only file here that touches the process.
import { readFileSync } from 'node:fs';
import { wantsColours } from '../command-line/colours';
import { createRunCommand } from '../command-line/run-command';
import { WALL_CLOCK } from './live/clock';
import { forwardReader } from './live/traffic/port-forward';
import { parseOptions, USAGE } from './options';
import type { Paint } from './output/human-text';
import { runDoctor } from './run';

const CODES = { bold: 1, red: 31, yellow: 33, blue: 34 } as const;

void main();

async function main(): Promise<void> {
  const { stdout, stderr } = process;
  // A reader that went away (`| head`) has had enough.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.kind === 'help') {
    stdout.write(USAGE);
    return;
  }
  if (parsed.kind === 'wrong') {
    for (const problem of parsed.problems) stderr.write(`doctor: ${problem}\n`);
    stderr.write('doctor: --help tells what there is\n');
    process.exitCode = 2;
    return;
  }
  const isColoured = stdout.isTTY && wantsColours(process.env);
  const paint: Paint = (style, text) => (isColoured ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
  process.exitCode = await runDoctor(parsed.options, {
    folder: process.cwd(),
    readStdin: () => readFileSync(0, 'utf8'),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    paint,
    live: {
      run: createRunCommand(process.env),
      readByForward: forwardReader(process.env),
      clock: WALL_CLOCK,
      listen: () => {
        const interrupted = new AbortController();
        for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
        return interrupted.signal;
      },
      progress: (line) => {
        if (stderr.isTTY) stderr.write(`\r\u001b[K${line === '' ? '' : `doctor: ${line}`}`);
      },
    },
  });
}
