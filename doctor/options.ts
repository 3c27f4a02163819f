// The command line of the doctor. Parses and checks; reports every problem at once; reads no file.
import { readFlags } from '../command-line/flags';
import { LEVELS, type Level } from './rules/rule';

export type Format = 'human' | 'json' | 'sarif';

export interface DoctorOptions {
  /** Files, folders, and `-` for standard input. */
  readonly paths: readonly string[];
  readonly format: Format;
  /** The lowest level that makes the exit code 1. */
  readonly failOn: Level;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: DoctorOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export const USAGE = `Usage: ./deploy-all.sh doctor [options] FILE|DIR|- ...

Reads Kubernetes YAML and Envoy's configuration, and says what goes wrong with gRPC calls. It asks no network.

  FILE          YAML or JSON with objects of Kubernetes, or Envoy's own configuration
  DIR           all *.yaml, *.yml and *.json in it and below
  -             standard input, such as helm template RELEASE CHART | ./deploy-all.sh doctor -

  --fail-on L   exit with 1 from this level on: ${LEVELS.join(', ')} (default warning)
  --json        one JSON object
  --sarif       SARIF 2.1.0, for code scanning
  --help        this text

Give it everything that calls go through in one run: a rule that misses something says "could not look".
Suppress a rule with an annotation "doctor.grpc-load-balancing/CODE: reason" on the object or its pod template, or
with a comment "# doctor:ignore CODE: reason", also inside Envoy's configuration. docs/doctor.md has all rules.
Exit code: 0 nothing found, 1 found something, 2 called wrongly, or the input cannot be read.
`;

const FLAGS = {
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
  if (flags.words.length === 0) problems.push('expected files, a folder, or - for standard input');
  if (problems.length > 0) return { kind: 'wrong', problems };
  const format = flags.has('json') ? 'json' : flags.has('sarif') ? 'sarif' : 'human';
  return { kind: 'run', options: { paths: flags.words, format, failOn: failOn ?? 'warning' } };
}
