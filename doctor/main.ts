// `./deploy-all.sh doctor`: the command line of the doctor. The only file here that touches the process.
import { readFileSync } from 'node:fs';
import { parseOptions, USAGE } from './options';
import type { Paint } from './output/human-text';
import { runDoctor } from './run';

const CODES = { bold: 1, red: 31, yellow: 33, blue: 34 } as const;

main();

function main(): void {
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
  const isColoured = stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const paint: Paint = (style, text) => (isColoured ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
  process.exitCode = runDoctor(parsed.options, {
    folder: process.cwd(),
    readStdin: () => readFileSync(0, 'utf8'),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    paint,
  });
}
