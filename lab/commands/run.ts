// `run`: experiments as they are. Passes when every verdict does; a skipped experiment is not a failure, except
// when everything must run.
import { mustRunAll } from '../../command-line/machine';
import type { RunOptions } from '../command-line';
import { renderVerdict } from '../runner/verdict-text';
import { type CommandIo, EXIT, type ExitCode } from './command-context';
import { type FinishedRun, runSeries, type SkippedRun } from './run-series';

export async function runCommand(options: RunOptions, io: CommandIo): Promise<ExitCode> {
  // With --json standard output is for programs, and what people read goes beside it.
  const say = options.json ? io.err : io.out;
  const planned = options.experiments.map((experiment) => ({ experiment, mutation: undefined }));
  const runs = await runSeries(planned, options, io, ({ experiment, result }) => {
    const name = `${experiment.name} (on ${options.backend})`;
    if (result.kind === 'judged') say(renderVerdict(result.report.verdict, result.folder));
    else if (result.kind === 'skipped') say(renderSkip(name, result));
    else say(`✗ ${name}: ${result.why}: ${result.message}\n    ${result.folder}\n`);
  });
  const isInterrupted = io.interrupted.aborted;
  const isStrict = mustRunAll(io.machine.env);
  const skipped = runs.filter(isSkipped);
  const isPassed = !isInterrupted && runs.every((run) => hasPassed(run) || (isSkipped(run) && !isStrict));
  if (runs.length > 1 || (isStrict && skipped.length > 0)) {
    const passed = runs.filter(hasPassed).length;
    say(`${passed} of ${planned.length} experiments pass${skippedText(skipped.length, isStrict)}\n`);
  }
  if (options.json) {
    const result = {
      command: 'run',
      pass: isPassed,
      interrupted: isInterrupted,
      runs: runs.map((run) => describeRun(run, io)),
    };
    io.out(`${JSON.stringify(result)}\n`);
  }
  if (isInterrupted) return EXIT.interrupted;
  return isPassed ? EXIT.passed : EXIT.failed;
}

function hasPassed({ result }: FinishedRun): boolean {
  return result.kind === 'judged' && result.report.verdict.pass;
}

export function isSkipped({ result }: FinishedRun): boolean {
  return result.kind === 'skipped';
}

/** A line for a run that does not take place. */
export function renderSkip(name: string, { reason }: SkippedRun): string {
  return `- ${name}: skipped: ${reason}\n`;
}

/** How many were skipped, and what that counts as, for the end of a closing line. */
export function skippedText(count: number, isStrict: boolean): string {
  if (count === 0) return '';
  return isStrict ? `, ${count} skipped, which counts as failed under CI=true and REQUIRE_ALL=1` : `, ${count} skipped`;
}

/** A run for programs. */
export function describeRun({ experiment, result }: FinishedRun, io: Pick<CommandIo, 'machine'>): object {
  if (result.kind === 'skipped') {
    return { experiment: experiment.name, pass: !mustRunAll(io.machine.env), skipped: result.reason, claims: [] };
  }
  const { folder } = result;
  if (result.kind === 'unfinished') {
    const { why, message } = result;
    return { experiment: experiment.name, folder, pass: false, unfinished: why, message, claims: [] };
  }
  const { pass, claims } = result.report.verdict;
  return {
    experiment: experiment.name,
    folder,
    pass,
    claims: claims.map(({ id, measured, unit, ...claim }) => ({ id, measured, unit, pass: claim.pass })),
  };
}
