// `npm run clients`: builds the clients and servers of other languages into the cache, one after the other. What is not
// installed is skipped by name.
import * as path from 'node:path';
import { mustRunAll } from '../command-line/machine';
import { createRunCommand } from '../command-line/run-command';
import { findProgram, libraryVersion } from '../local/programs/find-program';
import { PROGRAMS, type Program } from '../local/programs/programs';

const USAGE = `Usage: npm run clients

Builds the programs of clients/ and servers/ into the cache, ~/.cache/grpc-load-balancing: each once, and again when its
source has changed. What its language needs and is not installed is said, and the program is left out; with CI=true or
REQUIRE_ALL=1 that is a failure.
`;

const EXIT = { done: 0, failed: 1, wrong: 2 } as const;
const ROOT = path.resolve(__dirname, '..');

async function buildAll(env: NodeJS.ProcessEnv, say: (text: string) => void): Promise<number> {
  const place = { root: ROOT, nodePath: process.execPath, env, run: createRunCommand(env), say };
  const left: Program[] = [];
  for (const [index, program] of PROGRAMS.entries()) {
    const name = `${program.kind} ${program.name}`;
    const startedMs = performance.now();
    const found = await findProgram(program, place);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (!found.ok) left.push(program);
    const words = found.ok
      ? `${program.language}, ${program.pin.library} ${libraryVersion(program, ROOT)}, ${found.folder} (${seconds} s)`
      : `skipped: ${found.reason}`;
    say(`[${index + 1}/${PROGRAMS.length}] ${name}: ${words}`);
  }
  say(`${PROGRAMS.length - left.length} of ${PROGRAMS.length} are there`);
  return left.length > 0 && (mustRunAll(env) || left.length === PROGRAMS.length) ? EXIT.failed : EXIT.done;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return EXIT.done;
  }
  if (args.length > 0) {
    process.stderr.write(`clients: expected no argument but --help, got "${args.join(' ')}"\n`);
    return EXIT.wrong;
  }
  return buildAll(process.env, (text) => void process.stdout.write(`${text}\n`));
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
