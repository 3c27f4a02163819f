// One run of one experiment: fixes its params, starts a system, goes through the steps, closes the system whatever
// happens, and has the report judge what was recorded.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { toError } from '../../runtime/errors';
import { aborted, delay } from '../../runtime/lifecycle';
import type { Experiment, Mutation, RunContext } from '../experiment';
import type { RunEvent } from '../records/event';
import type { Backend, Params, Sizes } from '../records/params';
import { createRecorder, type Recorder } from '../records/recorder';
import { createRunFolder, runFolderName } from '../records/run-folder';
import type { RunReport } from '../report/run-report';
import { writeRunReport } from '../report/write-report';
import { seededRandom } from '../statistics/seeded-random';
import type { System } from '../system/system';
import type { PreparedBackend } from '../system/system-factory';
import type { Conditions } from './conditions';
import { markUnfinished, type Unfinished } from './unfinished-run';

export interface RunRequest {
  readonly experiment: Experiment;
  readonly backend: Backend;
  readonly quick: boolean;
  /** The experiment's own for `quick`, or as asked for. */
  readonly sizes: Sizes;
  readonly mutation: Mutation | undefined;
  readonly seed: number;
  /** The command line that repeats it. */
  readonly command: string;
}

export interface RunSite {
  readonly prepared: PreparedBackend;
  readonly conditions: Conditions;
  /** Where run folders go. */
  readonly root: string;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** ms since the epoch. Default: Date.now. */
  readonly now?: () => number;
}

export type RunResult =
  | { readonly kind: 'judged'; readonly folder: string; readonly report: RunReport }
  | ({ readonly kind: 'unfinished'; readonly folder: string } & Unfinished);

/** A run may take this many times as long as expected, and never less than the second number (ms). */
const MOST_TIMES_EXPECTED = 4;
const LEAST_LIMIT_MS = 300_000;
const FOLDER_POLL_MS = 100;

export async function runExperiment(request: RunRequest, site: RunSite): Promise<RunResult> {
  const { experiment, mutation, seed } = request;
  const { prepared, root, signal, onEvent, now = Date.now } = site;
  const folder = await createRunFolder(root, await freeParams(request, site, now));
  const recorder = createRecorder({ folder, now, ...(onEvent && { onEvent }) });
  let system: System | undefined;
  let failure: Error | undefined;
  const attempt = async (step: () => Promise<void>) => {
    try {
      await step();
    } catch (thrown) {
      failure ??= toError(thrown);
    }
  };
  await attempt(async () => {
    // Chance in the system and in the steps must not depend on who draws first.
    const random = seededRandom(seed + 1);
    system = await prepared.start({ folder, recorder, change: mutation?.change, random });
    await goThrough(request, system, recorder, signal);
  });
  await attempt(async () => system?.close());
  await attempt(() => recorder.close());
  if (failure !== undefined || signal.aborted) {
    const why = signal.aborted ? 'interrupted' : 'failed';
    const unfinished = { why, message: signal.aborted ? 'the run was interrupted' : (failure?.message ?? '') } as const;
    await markUnfinished(folder, unfinished);
    return { kind: 'unfinished', folder, ...unfinished };
  }
  return { kind: 'judged', folder, report: await writeRunReport(folder, [experiment]) };
}

/** The params of a run whose folder is not there yet: names have seconds, and short runs may share one. */
async function freeParams(request: RunRequest, site: RunSite, now: () => number): Promise<Params> {
  for (;;) {
    const params = paramsOf(request, site, new Date(now()));
    if (!existsSync(path.join(site.root, runFolderName(params)))) return params;
    await delay(FOLDER_POLL_MS, new AbortController().signal);
  }
}

function paramsOf(request: RunRequest, { prepared, conditions }: RunSite, startedAt: Date): Params {
  const { experiment, backend, quick, sizes, mutation, seed, command } = request;
  return {
    format: 1,
    experiment: experiment.name,
    backend,
    quick,
    question: experiment.question,
    hypothesis: experiment.hypothesis,
    claims: experiment.claims(sizes, backend),
    sizes,
    ...(mutation !== undefined && { mutation: `${mutation.name}: ${mutation.text}` }),
    seed,
    startedAt: startedAt.toISOString(),
    command,
    commit: conditions.commit,
    versions: { ...conditions.versions, ...prepared.versions },
    machine: conditions.machine,
  };
}

/** The steps, until they are done, the user interrupts them, or they take far too long. */
async function goThrough(
  { experiment, sizes, backend, seed }: RunRequest,
  system: System,
  recorder: Recorder,
  interrupted: AbortSignal,
): Promise<void> {
  const limitMs = Math.max(LEAST_LIMIT_MS, MOST_TIMES_EXPECTED * experiment.expectedMs(sizes, backend));
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  const context: RunContext = {
    random: seededRandom(seed),
    signal,
    pause: async (ms) => {
      await delay(ms, signal);
      if (signal.aborted) throw new Error('the run was ended');
    },
  };
  const steps = experiment.run(system, recorder, sizes, context);
  // When they lose the race they fail later, because the system is closed under them.
  steps.catch(() => {});
  try {
    const outcome = await Promise.race([
      steps,
      // Not of `interrupted` itself, which outlives the run and would keep a listener of each.
      aborted(signal).then(() => 'the run was interrupted'),
      delay(limitMs, ended.signal).then(() => `the run took more than ${limitMs / 1000} s`),
    ]);
    if (typeof outcome === 'string') throw new Error(outcome);
  } finally {
    ended.abort();
  }
}
