// `./deploy-all.sh adopt`: the command line. The only file here that touches the process.
import * as path from 'node:path';
import { manifestsRoot } from '../manifest-reader/manifests';
import { adopt } from './adopt';
import { parseOptions, USAGE } from './options/options';

void main();

async function main(): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process;
  // A reader that went away (`| head`) has had enough.
  for (const stream of [stdout, stderr]) stream.on('error', () => process.exit());
  // Nothing is half written: every file is made before the first is written.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(signal, () => process.exit(code));
  const parsed = parseOptions(argv.slice(2));
  if (parsed.kind === 'help') {
    stdout.write(USAGE);
    return;
  }
  const problems = [...parsed.problems];
  try {
    const isWritten = await adopt(parsed.options, problems, {
      root: manifestsRoot(env, path.resolve(__dirname, '..')),
      readInput: async () => {
        let text = '';
        for await (const part of stdin.setEncoding('utf8')) text += part;
        return text;
      },
      out: (text) => void stdout.write(text),
    });
    if (isWritten) return;
    for (const problem of problems) stderr.write(`adopt: ${problem}\n`);
    stderr.write('adopt: nothing was written; --help tells what there is\n');
    process.exitCode = 2;
  } catch (thrown) {
    stderr.write(`adopt: ${thrown instanceof Error ? thrown.message : thrown}\n`);
    process.exitCode = 1;
  }
}
