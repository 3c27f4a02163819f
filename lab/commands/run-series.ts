// Runs experiments one after the other, on one backend that is prepared once. The command that asked for the runs sums
// them up.
import { DEFAULT_NETWORK } from '../../command-line/network';
import { createRunCommand } from '../../command-line/run-command';
import type { RunOptions } from '../command-line';
import type { Experiment, Mutation } from '../experiment';
import { readConditions } from '../runner/conditions';
import { type RunResult, runExperiment } from '../runner/run-experiment';
import { createRunProgress } from '../runner/run-progress';
import type { CommandIo } from './command-context';

export interface PlannedRun {
  readonly experiment: Experiment;
  readonly mutation: Mutation | undefined;
}

/** The backend lacks what the experiment needs; the reason says what. Nothing was written. */
export interface SkippedRun {
  readonly kind: 'skipped';
  readonly reason: string;
}

export interface FinishedRun extends PlannedRun {
  readonly result: RunResult | SkippedRun;
}

const SEEDS = 2 ** 31;

/**
 * @param onFinished told after each run, and of each one that is skipped
 * @returns the runs that were begun or skipped: fewer than planned after an interruption
 * @throws StartError when the backend lacks something
 */
export async function runSeries(
  runs: readonly PlannedRun[],
  options: RunOptions,
  io: CommandIo,
  onFinished: (run: FinishedRun) => void,
): Promise<readonly FinishedRun[]> {
  const { backend, quick, network, out } = options;
  const { machine, interrupted: signal, err } = io;
  const factory = io.backends[backend];
  if (factory === undefined) throw new Error(`there is no backend "${backend}"`);
  const seed = options.seed ?? Math.floor(io.random() * SEEDS);
  const sizesOf = (experiment: Experiment) => {
    const sizes = quick ? experiment.sizes.quick : experiment.sizes.full;
    return options.minutes === undefined || !('minutes' in sizes) ? sizes : { ...sizes, minutes: options.minutes };
  };
  const progress = createRunProgress({
    write: err,
    isTerminal: io.isTerminal,
    now: () => performance.now(),
    runs: runs.map(({ experiment, mutation }) => ({
      name: mutation === undefined ? experiment.name : `${experiment.name}, broken: ${mutation.name}`,
      expectedMs: experiment.expectedMs(sizesOf(experiment), backend),
    })),
  });
  const prepared = await factory({ machine, network, signal, say: progress.say });
  const conditions = await readConditions(machine.root, io.nodeVersion, createRunCommand(machine.env));
  const finished: FinishedRun[] = [];
  const finish = (run: FinishedRun) => {
    finished.push(run);
    onFinished(run);
  };
  for (const { experiment, mutation } of runs) {
    if (signal.aborted) break;
    const lacks = (experiment.needs?.[backend] ?? []).flatMap((need) => prepared.missing[need] ?? []);
    if (lacks.length > 0) {
      progress.skip();
      finish({ experiment, mutation, result: { kind: 'skipped', reason: lacks.join('; ') } });
      continue;
    }
    progress.begin();
    const request = {
      experiment,
      backend,
      quick,
      sizes: sizesOf(experiment),
      mutation,
      seed,
      command: commandOf(experiment, mutation, options, seed),
    };
    const site = { prepared, conditions, root: out, signal, onEvent: progress.onEvent };
    const result = await runExperiment(request, site).finally(progress.end);
    finish({ experiment, mutation, result });
  }
  return finished;
}

function commandOf(
  { name }: Experiment,
  mutation: Mutation | undefined,
  { backend, quick, network, minutes }: RunOptions,
  seed: number,
): string {
  return [
    `npm run lab -- ${mutation === undefined ? 'run' : 'mutate'} ${name} --on ${backend} --seed ${seed}`,
    ...(quick ? ['--quick'] : []),
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
    ...(network === DEFAULT_NETWORK ? [] : [`--network ${network}`]),
  ].join(' ');
}
