// How the files of the tests are run: many in one process, or each in one of its own; beside others, or alone.
import { tierOf } from './parts';

/** What one process runs. */
export interface Job {
  /** The file that Node is started with, relative to `tests/`. */
  readonly file: string;
  /** Nothing else may run meanwhile. */
  readonly isAlone: boolean;
}

export interface Plan {
  /** What `runner/one-process.ts` has to run. */
  readonly inOneProcess: readonly string[];
  readonly jobs: readonly Job[];
}

const ONE_PROCESS = 'runner/one-process.ts';

/** Starting Node takes longer than most files of these tiers, so they share one process. */
const TIERS_IN_ONE_PROCESS: readonly string[] = ['unit', 'manifests'];

/** Files of those tiers that would disturb the others, or be disturbed by them. */
const ON_THEIR_OWN: Readonly<Record<string, string>> = {
  'unit/server/faults/injector.test.ts': 'replaces the timers of the process',
  'unit/runtime/process-metrics.test.ts': 'asks what keeps the process alive, and how busy its loop was',
  'unit/lab/system/local/process-use.test.ts': 'compares the CPU time that two readings of its own process tell',
  'unit/local/pods/reaper.test.ts': 'changes PATH',
};

/** Files of other tiers that need the machine for themselves. */
const ALONE: Readonly<Record<string, string>> = {
  'client/starved.test.ts': 'makes 2,000 calls a second, and compares how many were in time before and after',
  'client/pace.test.ts': 'says how late a client may be at most',
  'local/limits.test.ts': 'resets calls until Envoy has had enough, which must be before the connection is old',
  'local/lab.test.ts': 'judges the claims of whole experiments, which pods that are short of processor time fail',
};

/** These work on one cluster, or with all of the machine: one file after the other, in the order of their names. */
const TIERS_ALONE: readonly string[] = ['lab', 'cluster'];

/** The files that take longest, longest first: what begins last should not be what takes longest. */
const LONGEST = [
  'deploy/images.test.ts',
  'deploy/failures.test.ts',
  ONE_PROCESS,
  'local/changes.test.ts',
  'local/lab-system.test.ts',
  'local/command-line.test.ts',
  'local/prometheus.test.ts',
  'server/stop.test.ts',
  'local/broken-manifests.test.ts',
];

export function planOf(files: readonly string[]): Plan {
  const isShared = (file: string) => TIERS_IN_ONE_PROCESS.includes(tierOf(file)) && !(file in ON_THEIR_OWN);
  const inOneProcess = files.filter(isShared);
  const started = [...(inOneProcess.length > 0 ? [ONE_PROCESS] : []), ...files.filter((file) => !isShared(file))];
  const isAlone = (file: string) => file in ALONE || TIERS_ALONE.includes(tierOf(file));
  const jobs = started.map((file) => ({ file, isAlone: isAlone(file) }));
  return { inOneProcess, jobs: [...jobs].sort((one, other) => rank(one) - rank(other)) };
}

/** Every file that a list of this one names. */
export const NAMED_FILES: readonly string[] = [...Object.keys(ON_THEIR_OWN), ...Object.keys(ALONE), ...LONGEST];

function rank({ file, isAlone }: Job): number {
  if (isAlone) return LONGEST.length + 1;
  const place = LONGEST.indexOf(file);
  return place === -1 ? LONGEST.length : place;
}
