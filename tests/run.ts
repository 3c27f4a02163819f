// Runs tests (`node … tests/run.ts unit/lab local`), prints node:test's own report, how long each tier took, and one closing
// line that a script can read; on standard error a line per file that has ended. Under CI=true or REQUIRE_ALL=1 a skipped test is a failure: there, every prerequisite has to
// be present.
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { spec } from 'node:test/reporters';
import { mustRunAll } from '../command-line/machine';
import { Durations } from './runner/durations';
import { Outcome } from './runner/outcome';
import { DEFAULT_TIERS, testFiles } from './runner/parts';
import { planOf } from './runner/plan';
import { runPool } from './runner/pool';
import { Progress } from './runner/progress';
import { runFile, type TestEvent } from './runner/run-file';
import { usualSeconds } from './runner/usual-times';

/** Longer than any file takes, on a machine that does other things too. */
const LIMIT_MS = 1_800_000;
/** Most files wait more than they work. */
const SLOTS = availableParallelism() + 1;

async function main(parts: readonly string[]): Promise<void> {
  const files = testFiles(parts.length > 0 ? parts : DEFAULT_TIERS);
  const { inOneProcess, jobs } = planOf(files);
  process.env.TEST_FILES = JSON.stringify(inOneProcess);
  const outcome = new Outcome();
  const durations = new Durations();
  const reporter = new spec();
  reporter.pipe(process.stdout);
  const progress = new Progress({
    write: (line) => void process.stderr.write(line),
    now: () => performance.now(),
    total: files.length,
    parts: 'test files',
    seconds: usualSeconds(files),
    where: 'with two cores',
  });
  const finished = (file: string, ms: number, isFailed: boolean) => {
    durations.add(file, ms);
    if (files.includes(file)) progress.done(`${file} (${(ms / 1000).toFixed(1)} s)`, isFailed);
  };
  const onEvent = (event: TestEvent) => {
    outcome.add(event);
    const { name, nesting, details } = event.data;
    const isResult = event.type === 'test:pass' || event.type === 'test:fail';
    if (isResult && nesting === 0 && inOneProcess.includes(name)) {
      finished(name, details?.duration_ms ?? 0, event.type === 'test:fail');
    }
    reporter.write(event);
  };
  await runPool(jobs, {
    slots: SLOTS,
    run: (file) => runFile(path.join(__dirname, file), LIMIT_MS),
    onEvent,
    onEnd: finished,
  });
  await new Promise((resolve) => reporter.on('end', resolve).end());
  const lines = [...durations.lines(performance.now()), ...outcome.lines(mustRunAll(process.env))];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = outcome.exitCode;
}

main(process.argv.slice(2)).catch((error: Error) => {
  const isWrongCall = error instanceof RangeError;
  process.stderr.write(`tests/run.ts: ${isWrongCall ? error.message : error.stack}\n`);
  process.exitCode = isWrongCall ? 2 : 1;
});
