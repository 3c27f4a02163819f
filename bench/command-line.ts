// The command line of the benchmark. Parses and checks, reports every problem at once, does nothing.
import { readFlags } from '../command-line/flags';
import { loopbackNetwork } from '../command-line/network';
import type { Variables } from '../manifest-reader/pod-manifest';

export const SUITES = ['servers', 'paths', 'settings', 'growth', 'capacity', 'nodes'] as const;
/** The quick run has what its gates are about (bench/comparison/gates.ts). */
export const QUICK_SUITES: readonly SuiteName[] = ['servers', 'paths'];
export const QUICK_ROWS: readonly string[] = ['ours', 'envoy-tutorial'];
export type SuiteName = (typeof SUITES)[number];

/** A server of this project as a row of its own: other settings, another checkout, another Node.js. */
export interface ExtraServer {
  readonly name: string;
  readonly root: string | undefined;
  readonly node: string | undefined;
  readonly env: Variables;
}

export interface BenchOptions {
  readonly isQuick: boolean;
  readonly suites: readonly SuiteName[];
  /** Ids of rows; all when it is undefined. The base and its control are always there. */
  readonly rows: readonly string[] | undefined;
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  readonly rate: number | undefined;
  readonly node: string | undefined;
  readonly maxForeignCpus: number;
  readonly seed: number | undefined;
  readonly network: string;
  readonly out: string;
  readonly hasDocument: boolean;
  readonly json: boolean;
  readonly extra: readonly ExtraServer[];
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
  | { readonly kind: 'document'; readonly from: readonly [string, ...string[]] }
  | ({ readonly kind: 'run' } & BenchOptions);

export const DEFAULT_OUT = 'bench/results';
const DEFAULT_NETWORK = '127.0.77';
/** One in twenty of two CPUs. */
const DEFAULT_MAX_FOREIGN = 0.1;
const MAX_SEED = 2 ** 31 - 1;

export const USAGE = `Usage: npm run bench -- [options] [SERVER…]

Measures what a call costs: CPU time of each part of its way, calls per second, latency; beside the peers, with new
processes for every block. Linux only.

  SERVER                a row more: this project's server with other settings, in one quoted word: a name, then VARIABLE=VALUE,
                        root=DIR (another checkout, with its packages installed), node=VERSION
  --only SUITE,…        of ${SUITES.join(', ')} (default: all; with --quick ${QUICK_SUITES.join(', ')})
  --rows ID,…           only these rows, beside the base and its control (default: all; with --quick ${QUICK_ROWS.join(', ')})
  --quick               shorter, and exit code 1 when a gate does not hold: for CI
  --rounds N            rounds per suite, 3-100
  --seconds N           length of each measured stretch, 0.2-60
  --rate N              calls per second where the rate is fixed (default 1500 for servers, 2000 for paths)
  --node VERSION        run the servers on this version of Node.js, fetched from npm (default: the one that runs this)
  --max-foreign CPUS    most that other programs may use during a block that counts, in CPUs (default ${DEFAULT_MAX_FOREIGN})
  --seed N              repeat the order of blocks and the times of calls
  --network A.B.C       first three numbers of the loopback addresses (default ${DEFAULT_NETWORK})
  --out DIR             where record.json, figures and the page go (default ${DEFAULT_OUT})
  --document            also write docs/performance.md, its figures and its record
  --from FILE,…         measure nothing: write docs/performance.md from this record; suites of later ones replace its own
  --json                the last line of standard output is the result as one JSON object
  --help                this text

Exit code: 0 done, 1 a gate does not hold, something failed, or the machine was too busy for a number, 2 called wrongly,
130 interrupted.

Examples:
  npm run bench -- --quick
  npm run bench -- --only servers --rows ours 'debug LOG_LEVEL=debug' 'old root=../old'
  npm run bench -- --from bench/results/record.json
`;

const FLAGS = {
  only: { type: 'string' },
  rows: { type: 'string' },
  quick: { type: 'boolean' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  rate: { type: 'string' },
  node: { type: 'string' },
  'max-foreign': { type: 'string' },
  seed: { type: 'string' },
  network: { type: 'string' },
  out: { type: 'string' },
  document: { type: 'boolean' },
  from: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseCommand(args: readonly string[]): Command {
  const problems: string[] = [];
  const flags = readFlags(args, FLAGS, problems);
  if (flags.has('help')) return { kind: 'help' };
  const from = flags.text('from');
  if (from !== undefined) {
    for (const flag of flags.given) if (flag !== 'from') problems.push(`--${flag}: has no meaning beside --from`);
    for (const word of flags.words) problems.push(`${word}: no argument is expected beside --from`);
    return problems.length > 0
      ? { kind: 'wrong', problems }
      : { kind: 'document', from: from.split(',') as [string, ...string[]] };
  }
  const suites =
    flags.read('only', `some of ${SUITES.join(', ')}`, readSuites) ?? (flags.has('quick') ? QUICK_SUITES : SUITES);
  const options: BenchOptions = {
    isQuick: flags.has('quick'),
    suites,
    rows: flags.read('rows', 'ids of rows such as ours,naive', listOf) ?? (flags.has('quick') ? QUICK_ROWS : undefined),
    rounds: flags.read('rounds', 'an integer 3-100', integer(3, 100)),
    seconds: flags.read('seconds', 'a number 0.2-60', number(0.2, 60)),
    rate: flags.read('rate', 'an integer 10-100000', integer(10, 100_000)),
    node: flags.read('node', 'a version such as 24.11.1', nodeVersion),
    maxForeignCpus: flags.read('max-foreign', 'a number 0-1000', number(0, 1000)) ?? DEFAULT_MAX_FOREIGN,
    seed: flags.read('seed', `an integer 0-${MAX_SEED}`, integer(0, MAX_SEED)),
    network:
      flags.read('network', 'three numbers of a loopback network such as 127.0.1', loopbackNetwork) ?? DEFAULT_NETWORK,
    out: flags.text('out') ?? DEFAULT_OUT,
    hasDocument: flags.has('document'),
    json: flags.has('json'),
    extra: flags.words.map((word) => readServer(word, problems)),
  };
  const names = options.extra.map(({ name }) => name);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index))) {
    problems.push(`${name}: expected one SERVER of that name, got ${names.filter((each) => each === name).length}`);
  }
  if (names.length > 0 && !suites.includes('servers')) problems.push('SERVER: has a meaning in the suite servers only');
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'run', ...options };
}

const listOf = (text: string) => {
  const words = text.split(',');
  return words.every((word) => /^[\w.-]+$/.test(word)) ? words : undefined;
};

const readSuites = (text: string) => {
  const words = listOf(text);
  const isSuite = (word: string): word is SuiteName => (SUITES as readonly string[]).includes(word);
  return words?.every(isSuite) ? SUITES.filter((suite) => words.includes(suite)) : undefined;
};

const nodeVersion = (text: string) => (/^\d+\.\d+\.\d+$/.test(text) ? text : undefined);

const integer = (min: number, max: number) => (text: string) =>
  /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

const number = (min: number, max: number) => (text: string) =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

/** `off FAST=false root=../old node=24.11.1` */
function readServer(text: string, problems: string[]): ExtraServer {
  const [name = '', ...words] = text.split(/\s+/).filter(Boolean);
  if (!/^[\w.-]{1,30}$/.test(name)) problems.push(`SERVER: expected a name of 1-30 letters first, got "${text}"`);
  const env: Record<string, string> = {};
  let root: string | undefined;
  let node: string | undefined;
  for (const word of words) {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(word) ?? [];
    if (key === '') problems.push(`${name}: expected VARIABLE=VALUE, root=DIR or node=VERSION, got "${word}"`);
    else if (key === 'root') root = value;
    else if (key !== 'node') env[key] = value;
    else if (nodeVersion(value)) node = value;
    else problems.push(`${name}: node: expected a version such as 24.11.1, got "${value}"`);
  }
  return { name, root, node, env };
}
