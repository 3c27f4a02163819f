// `mutate`: the same experiments with their mechanism broken. A claim that still holds then proves nothing, so this
// passes only when every claim that must fail does. What is skipped is neither noticed nor missed.
import { mustRunAll } from '../../command-line/machine';
import type { RunOptions } from '../command-line';
import { standingClaims } from '../records/verdict';
import { renderVerdict } from '../runner/verdict-text';
import { type CommandIo, EXIT, type ExitCode } from './command-context';
import { describeRun, isSkipped, renderSkip, skippedText } from './run';
import { type FinishedRun, runSeries } from './run-series';

export async function mutateCommand(options: RunOptions, io: CommandIo): Promise<ExitCode> {
  const say = options.json ? io.err : io.out;
  const planned = options.experiments.flatMap((experiment) =>
    experiment.mutations
      .filter(({ backends }) => backends.includes(options.backend))
      .map((mutation) => ({ experiment, mutation })),
  );
  const runs = await runSeries(planned, options, io, (run) => say(renderMutation(run)));
  const isInterrupted = io.interrupted.aborted;
  const noticed = runs.filter((run) => standingOf(run)?.length === 0);
  const isStrict = mustRunAll(io.machine.env);
  const skipped = runs.filter(isSkipped).length;
  const allowed = isStrict ? 0 : skipped;
  const isPassed = !isInterrupted && planned.length > 0 && noticed.length + allowed === planned.length;
  say(`${noticed.length} of ${planned.length} mutations were noticed${skippedText(skipped, isStrict)}\n`);
  if (options.json) {
    const described = runs.map((run) => ({
      ...describeRun(run, io),
      mutation: run.mutation?.name,
      noticed: noticed.includes(run),
      standing: standingOf(run) ?? null,
    }));
    const result = { command: 'mutate', pass: isPassed, interrupted: isInterrupted, runs: described };
    io.out(`${JSON.stringify(result)}\n`);
  }
  if (isInterrupted) return EXIT.interrupted;
  return isPassed ? EXIT.passed : EXIT.failed;
}

function renderMutation(run: FinishedRun): string {
  const { experiment, mutation, result } = run;
  const name = `${experiment.name}, broken: ${mutation?.name}`;
  if (result.kind === 'skipped') return renderSkip(name, result);
  if (result.kind === 'unfinished') return `✗ ${name}: ${result.why}: ${result.message}\n    ${result.folder}\n`;
  const standing = standingOf(run) ?? [];
  const end =
    standing.length === 0 ? '' : `✗ ${name}: not noticed, because these claims hold: ${standing.join(', ')}\n`;
  return `${renderVerdict(result.report.verdict, result.folder)}${end}`;
}

/** Undefined when the run did not finish, which proves nothing. */
function standingOf({ mutation, result }: FinishedRun): readonly string[] | undefined {
  if (result.kind !== 'judged' || mutation === undefined) return undefined;
  return standingClaims(result.report.verdict, mutation.mustFail);
}
