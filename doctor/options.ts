// The command line of the doctor. Parses and checks; reports every problem at once; reads no file.
import { type FlagReader, readFlags } from '../command-line/flags';
import { LEVELS, type Level } from './rules/rule';

export type Format = 'human' | 'json' | 'sarif';

export interface DoctorOptions {
  /** Files, folders, and `-` for standard input. */
  readonly paths: readonly string[];
  readonly format: Format;
  /** The lowest level that makes the exit code 1. */
  readonly failOn: Level;
  /** Undefined: files alone, and no network. */
  readonly live: LiveOptions | undefined;
}

export interface LiveOptions {
  /** Undefined: kubectl's own. */
  readonly context: string | undefined;
  /** None: all that the rights allow, or the context's own. */
  readonly namespaces: readonly string[];
  readonly watchSeconds: number;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: DoctorOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** How long calls are counted without --watch. */
export const WATCH_SECONDS = 30;
const LONGEST_WATCH_SECONDS = 3600;

export const USAGE = `Usage: ./deploy-all.sh doctor [options] FILE|DIR|- ...
       ./deploy-all.sh doctor --live [options] [FILE|DIR|- ...]

Reads Kubernetes YAML and Envoy's configuration, and says what goes wrong with gRPC calls. It asks no network.
With --live it reads a cluster as well, by kubectl and with your rights, and changes nothing.

  FILE          YAML or JSON with objects of Kubernetes, or Envoy's own configuration
  DIR           all *.yaml, *.yml and *.json in it and below
  -             standard input, such as helm template RELEASE CHART | ./deploy-all.sh doctor -

  --live        reads the cluster; files are laid over it, as if they were applied
  --context C   kubectl's context (default the current one)
  --namespace N only this one, or several with commas between (default all, or as far as your rights go)
  --watch S     seconds in which calls are counted (default ${WATCH_SECONDS})

  --fail-on L   exit with 1 from this level on: ${LEVELS.join(', ')} (default warning)
  --json        one JSON object
  --sarif       SARIF 2.1.0, for code scanning
  --help        this text

Give it everything that calls go through in one run: a rule that misses something says "could not look".
Suppress a rule with an annotation "doctor.grpc-load-balancing/CODE: reason" on the object or its pod template, or
with a comment "# doctor:ignore CODE: reason", also inside Envoy's configuration. docs/doctor.md has all rules.
Exit code: 0 nothing found, 1 found something, 2 called wrongly, or the input or the cluster cannot be read.

Examples:
  ./deploy-all.sh doctor k8s/
  helm template shop ./chart | ./deploy-all.sh doctor -
  ./deploy-all.sh doctor --live --namespace shop,envoy k8s/
`;

const FLAGS = {
  live: { type: 'boolean' },
  context: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  watch: { type: 'string' },
  'fail-on': { type: 'string' },
  json: { type: 'boolean' },
  sarif: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseOptions(args: readonly string[]): ParsedOptions {
  const problems: string[] = [];
  const flags = readFlags(args, FLAGS, problems);
  if (flags.has('help')) return { kind: 'help' };
  const failOn = flags.read('fail-on', `one of ${LEVELS.join('|')}`, (text) => LEVELS.find((level) => level === text));
  if (flags.has('json') && flags.has('sarif')) problems.push('--json and --sarif exclude each other');
  const live = readLive(flags, problems);
  if (live === undefined && flags.words.length === 0)
    problems.push('expected files, a folder, or - for standard input');
  if (flags.words.includes('')) problems.push('expected the name of a file or a folder, got an empty word');
  if (problems.length > 0) return { kind: 'wrong', problems };
  const format = flags.has('json') ? 'json' : flags.has('sarif') ? 'sarif' : 'human';
  return { kind: 'run', options: { paths: flags.words, format, failOn: failOn ?? 'warning', live } };
}

/** Undefined without --live, which its other flags need. */
function readLive(flags: FlagReader<keyof typeof FLAGS>, problems: string[]): LiveOptions | undefined {
  const names = flags.read('namespace', 'names of namespaces with commas between', parseNames) ?? [];
  const range = `a whole number of seconds from 1 to ${LONGEST_WATCH_SECONDS}`;
  const watchSeconds = flags.read('watch', range, parseSeconds) ?? WATCH_SECONDS;
  if (flags.has('live')) return { context: flags.text('context'), namespaces: names, watchSeconds };
  for (const flag of ['context', 'namespace', 'watch'] as const) {
    if (flags.has(flag)) problems.push(`--${flag}: needs --live`);
  }
  return undefined;
}

function parseNames(text: string): readonly string[] | undefined {
  const names = text.split(',');
  return names.every((name) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) ? [...new Set(names)] : undefined;
}

function parseSeconds(text: string): number | undefined {
  const seconds = Number(text);
  return /^\d+$/.test(text) && seconds >= 1 && seconds <= LONGEST_WATCH_SECONDS ? seconds : undefined;
}
