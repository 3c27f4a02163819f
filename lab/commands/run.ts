// `run`: experiments as they are. Passes when every verdict does.
import type { RunOptions } from '../command-line';
import { renderVerdict } from '../runner/verdict-text';
import { type CommandIo, EXIT, type ExitCode } from './command-context';
import { type FinishedRun, runSeries } from './run-series';

export async function runCommand(options: RunOptions, io: CommandIo): Promise<ExitCode> {
  // With --json standard output is for programs, and what people read goes beside it.
  const say = options.json ? io.err : io.out;
  const planned = options.experiments.map((experiment) => ({ experiment, mutation: undefined }));
  const runs = await runSeries(planned, options, io, ({ experiment, result }) => {
    if (result.kind === 'judged') say(renderVerdict(result.report.verdict, result.folder));
    else say(`✗ ${experiment.name} (on ${options.backend}): ${result.why}: ${result.message}\n    ${result.folder}\n`);
  });
  const isInterrupted = io.interrupted.aborted;
  const isPassed = !isInterrupted && runs.every(hasPassed);
  if (runs.length > 1) say(`${runs.filter(hasPassed).length} of ${planned.length} experiments pass\n`);
  if (options.json) {
    const result = { command: 'run', pass: isPassed, interrupted: isInterrupted, runs: runs.map(describeRun) };
    io.out(`${JSON.stringify(result)}\n`);
  }
  if (isInterrupted) return EXIT.interrupted;
  return isPassed ? EXIT.passed : EXIT.failed;
}

function hasPassed({ result }: FinishedRun): boolean {
  return result.kind === 'judged' && result.report.verdict.pass;
}

/** A run for programs. */
export function describeRun({ experiment, result }: FinishedRun): object {
  const { kind, folder } = result;
  if (kind === 'unfinished') {
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
