// Runs tests (`node … tests/run.ts unit/lab local`), prints node:test's own report and one closing line that a script can read.
// Under CI=true or REQUIRE_ALL=1 a skipped test is a failure: there, every prerequisite has to be present.
import * as path from 'node:path';
import { spec } from 'node:test/reporters';
import { mustRunAll } from '../command-line/machine';
import { Outcome } from './runner/outcome';
import { DEFAULT_TIERS, testFiles } from './runner/parts';
import { planOf } from './runner/plan';
import { runFile } from './runner/run-file';

const LIMIT_MS = 1_800_000;

async function main(parts: readonly string[]): Promise<void> {
  const { inOneProcess, onTheirOwn } = planOf(testFiles(parts.length > 0 ? parts : DEFAULT_TIERS));
  const outcome = new Outcome();
  const reporter = new spec();
  reporter.pipe(process.stdout);
  process.env.TEST_FILES = JSON.stringify(inOneProcess);
  const shared = inOneProcess.length > 0 ? ['runner/one-process.ts'] : [];
  for (const file of [...shared, ...onTheirOwn]) {
    for await (const event of runFile(path.join(__dirname, file), LIMIT_MS)) {
      outcome.add(event);
      reporter.write(event);
    }
  }
  await new Promise((resolve) => reporter.on('end', resolve).end());
  process.stdout.write(`${outcome.lines(mustRunAll(process.env)).join('\n')}\n`);
  process.exitCode = outcome.exitCode;
}

main(process.argv.slice(2)).catch((error: Error) => {
  const isWrongCall = error instanceof RangeError;
  process.stderr.write(`tests/run.ts: ${isWrongCall ? error.message : error.stack}\n`);
  process.exitCode = isWrongCall ? 2 : 1;
});
