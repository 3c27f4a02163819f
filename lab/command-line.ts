// The command line of the lab. Parses and checks, reports every problem at once, does nothing.
import { type FlagReader, readFlags } from '../command-line/flags';
import { DEFAULT_NETWORK, loopbackNetwork } from '../command-line/network';
import type { Experiment } from './experiment';
import type { Backend } from './records/params';

/** What `run` and `mutate` have in common. */
export interface RunOptions {
  readonly experiments: readonly Experiment[];
  readonly backend: Backend;
  /** Where run folders go. */
  readonly out: string;
  readonly quick: boolean;
  readonly seed: number | undefined;
  readonly minutes: number | undefined;
  readonly network: string;
  readonly json: boolean;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
  | { readonly kind: 'list'; readonly json: boolean }
  | ({ readonly kind: 'run' } & RunOptions)
  | ({ readonly kind: 'mutate' } & RunOptions)
  | { readonly kind: 'report'; readonly folder: string; readonly images: string | undefined; readonly json: boolean }
  | {
      readonly kind: 'docs';
      readonly folders: readonly string[];
      readonly out: string;
      readonly images: string | undefined;
      readonly json: boolean;
    }
  | { readonly kind: 'compare'; readonly left: string; readonly right: string; readonly json: boolean };

export interface CommandContext {
  readonly experiments: readonly Experiment[];
  /** Those that this build has. */
  readonly backends: readonly Backend[];
}

export const DEFAULT_OUT = 'lab/results';
const DEFAULT_DOCUMENT = 'docs/experiments.md';

export const USAGE = `Usage: npm run lab -- COMMAND [options]

  list                    the experiments and their questions
  run NAME…|all           run experiments, judge their claims, write a report into each run's folder
  mutate [NAME…]          run experiments with their mechanism broken; passes only if the right claims fail
  report [DIR]            rewrite the reports of runs (default ${DEFAULT_OUT}), from params.json, calls.ndjson and
                          events.ndjson alone, and say which page to open
  compare DIR DIR         compare two sets of runs, claim by claim
  docs [DIR…]             write a document about the newest runs in every DIR (default ${DEFAULT_OUT})

run and mutate:
  --on local|cluster      run on processes on loopback (default), or on the cluster of the current context
  --out DIR               where run folders go (default ${DEFAULT_OUT})
  --quick                 smaller runs, for CI
  --seed N                repeat the random choices of a run (default: a new seed, which is printed)
  --minutes N             length of the experiments that are measured in minutes
  --network A.B.C         first three numbers of the loopback addresses (default ${DEFAULT_NETWORK}); local only
report:
  --images DIR            also write every figure there, as EXPERIMENT.BACKEND.FIGURE.svg
docs:
  --out FILE              the document (default ${DEFAULT_DOCUMENT})
  --images DIR            its figures, as EXPERIMENT.BACKEND.FIGURE.svg (default: images beside the document); others
                          of that pattern there are removed
all:
  --json                  the last line of standard output is the result as one JSON object
  --help                  this text

Exit code: 0 every verdict passes, 1 one fails, 2 called wrongly, 130 interrupted. compare: 1 when a claim that held
on the left does not hold on the right.

Examples:
  npm run lab -- run spread --quick             # one question, in a minute or two
  npm run lab -- mutate spread --quick          # the same with its mechanism broken
  npm run lab -- run all --on cluster           # all of them on the pods of the current context
`;

const FLAGS = {
  on: { type: 'string' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  seed: { type: 'string' },
  minutes: { type: 'string' },
  network: { type: 'string' },
  images: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type Flag = keyof typeof FLAGS;

const RUN_FLAGS: readonly Flag[] = ['on', 'out', 'quick', 'seed', 'minutes', 'network', 'json'];
const ALLOWED: Readonly<Record<string, readonly Flag[]>> = {
  list: ['json'],
  run: RUN_FLAGS,
  mutate: RUN_FLAGS,
  report: ['images', 'json'],
  compare: ['json'],
  docs: ['out', 'images', 'json'],
};
const MAX_SEED = 2 ** 31 - 1;
const MAX_MINUTES = 24 * 60;

export function parseCommand(args: readonly string[], context: CommandContext): Command {
  const problems: string[] = [];
  const flags = readFlags(args, FLAGS, problems);
  const [command, ...words] = flags.words;
  if (flags.has('help') || command === 'help') return { kind: 'help' };
  const allowed = command === undefined || !Object.hasOwn(ALLOWED, command) ? undefined : ALLOWED[command];
  if (command === undefined || allowed === undefined) {
    const got = command === undefined ? 'nothing' : `"${command}"`;
    problems.unshift(`expected a command, one of ${Object.keys(ALLOWED).join(', ')}, got ${got}`);
    return { kind: 'wrong', problems };
  }
  for (const flag of flags.given) {
    if (!allowed.includes(flag)) problems.push(`--${flag}: has no meaning for ${command}`);
  }
  const json = flags.has('json');
  const parsed = ((): Command => {
    if (command === 'list') {
      for (const word of words) problems.push(`${word}: no argument is expected here`);
      return { kind: 'list', json };
    }
    if (command === 'report' || command === 'compare') {
      const [least, most] = command === 'report' ? [0, 1] : [2, 2];
      if (words.length < least || words.length > most) {
        problems.push(`${command}: expected ${most} DIR, got ${words.length}`);
      }
      const [left = DEFAULT_OUT, right = ''] = words;
      if (command === 'compare') return { kind: 'compare', left, right, json };
      return { kind: 'report', folder: left, images: flags.text('images'), json };
    }
    if (command === 'docs') {
      const folders = words.length === 0 ? [DEFAULT_OUT] : words;
      return { kind: 'docs', folders, out: flags.text('out') ?? DEFAULT_DOCUMENT, images: flags.text('images'), json };
    }
    const kind = command === 'run' ? 'run' : 'mutate';
    return { kind, ...readRunOptions(kind, { words, flags, problems, ...context }), json };
  })();
  return problems.length > 0 ? { kind: 'wrong', problems } : parsed;
}

interface RunInput extends CommandContext {
  readonly words: readonly string[];
  readonly flags: FlagReader<Flag>;
  readonly problems: string[];
}

function readRunOptions(kind: 'run' | 'mutate', input: RunInput): Omit<RunOptions, 'json'> {
  const { words, flags, problems, backends } = input;
  const backend =
    flags.read('on', `one of ${backends.join(', ')}`, (text) => backends.find((each) => each === text)) ?? 'local';
  const network = flags.read('network', 'three numbers of a loopback network such as 127.0.1', loopbackNetwork);
  if (network !== undefined && backend !== 'local') problems.push('--network: has no meaning on a cluster');
  const experiments = chooseExperiments(kind, words, backend, input);
  const minutes = flags.read('minutes', `an integer 1-${MAX_MINUTES}`, integer(1, MAX_MINUTES));
  if (minutes !== undefined && !experiments.some(({ sizes }) => 'minutes' in sizes.full)) {
    problems.push('--minutes: none of these experiments is measured in minutes');
  }
  return {
    experiments,
    backend,
    out: flags.text('out') ?? DEFAULT_OUT,
    quick: flags.has('quick'),
    seed: flags.read('seed', `an integer 0-${MAX_SEED}`, integer(0, MAX_SEED)),
    minutes,
    network: network ?? DEFAULT_NETWORK,
  };
}

function chooseExperiments(
  kind: 'run' | 'mutate',
  names: readonly string[],
  backend: Backend,
  { experiments, problems }: RunInput,
): readonly Experiment[] {
  const canRun = (experiment: Experiment) =>
    kind === 'run'
      ? experiment.backends.includes(backend)
      : experiment.mutations.some(({ backends }) => backends.includes(backend));
  if (names.includes('all') || (kind === 'mutate' && names.length === 0)) {
    if (names.length > 1) problems.push(`${kind}: give names or all, got ${names.join(' ')}`);
    return experiments.filter(canRun);
  }
  if (names.length === 0) problems.push('run: expected the name of an experiment, or all; `list` shows them');
  return [...new Set(names)].flatMap((name) => {
    const found = experiments.find((experiment) => experiment.name === name);
    if (found === undefined) {
      problems.push(`${name}: no such experiment; there are ${experiments.map((each) => each.name).join(', ')}`);
      return [];
    }
    if (canRun(found)) return [found];
    problems.push(`${name}: has nothing to ${kind} on ${backend}`);
    return [];
  });
}

function integer(min: number, max: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined);
}
