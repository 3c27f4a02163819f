// The command line of the local stack. Parses and checks; reports every problem at once; starts nothing.
import { DURATION_GRAMMAR, parseDuration } from '../command-line/duration';
import { readFlags } from '../command-line/flags';
import { DEFAULT_NETWORK, loopbackNetwork } from '../command-line/network';

export const LB_POLICIES = ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'] as const;
export type LbPolicy = (typeof LB_POLICIES)[number];

export const MAX_SERVERS = 50;
/** One of the eight Envoy addresses stays free for the one that replaces another. */
export const MAX_ENVOYS = 7;

export interface LocalOptions {
  readonly servers: number;
  readonly envoys: number;
  /** Calls per second; undefined leaves the client at its interval. */
  readonly rate: number | undefined;
  /** Time between two calls; undefined takes the manifest's. */
  readonly intervalMs: number | undefined;
  /** How long calls are sent; undefined is until someone ends it. */
  readonly forMs: number | undefined;
  /** Replaces `lb_policy` of the shipped configuration. */
  readonly policy: LbPolicy | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly network: string;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: LocalOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export const USAGE = `Usage: ./deploy-all.sh --local [options]

Runs the picture of this project on loopback: servers, the real Envoy with the shipped configuration, one client.

  --servers N       server processes, 1-${MAX_SERVERS} (default 3)
  --envoys N        Envoy processes, 1-${MAX_ENVOYS} (default 2)
  --rate N          calls per second, open loop (default: one call per interval)
  --interval TIME   time between two calls (default: as in grpc_client_k8s)
  --for TIME        send calls for that long, then print the summary (default: until q or Ctrl-C)
  --policy NAME     ${LB_POLICIES.join(', ')} (default: as in envoy_proxy_k8s)
  --json            the summary is one JSON object, the last line of standard output
  --verbose         show what differs from the manifests, every process, and what it logs
  --network A.B.C   first three numbers of the loopback addresses to use (default ${DEFAULT_NETWORK})
  --help            this text

TIME is ${DURATION_GRAMMAR}.
Keys on a terminal: + one server more, - one less, k kill -9 one, r rolling restart, q quit.
Exit code: 0 done, 1 failed, 2 called wrongly.
`;

const FLAGS = {
  servers: { type: 'string' },
  envoys: { type: 'string' },
  rate: { type: 'string' },
  interval: { type: 'string' },
  for: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  network: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function parseOptions(args: readonly string[]): ParsedOptions {
  const problems: string[] = [];
  const flags = readFlags(args, FLAGS, problems);
  for (const word of flags.words) problems.push(`${word}: no argument is expected here`);
  if (flags.has('help')) return { kind: 'help' };
  const options: LocalOptions = {
    servers: flags.read('servers', `an integer 1-${MAX_SERVERS}`, integerUpTo(MAX_SERVERS)) ?? 3,
    envoys: flags.read('envoys', `an integer 1-${MAX_ENVOYS}`, integerUpTo(MAX_ENVOYS)) ?? 2,
    rate: flags.read('rate', 'calls per second, a number above 0', positiveNumber),
    intervalMs: flags.read('interval', DURATION_GRAMMAR, parseDuration),
    forMs: flags.read('for', DURATION_GRAMMAR, parseDuration),
    policy: flags.read('policy', `one of ${LB_POLICIES.join('|')}`, (text) =>
      LB_POLICIES.find((name) => name === text),
    ),
    json: flags.has('json'),
    verbose: flags.has('verbose'),
    network:
      flags.read('network', 'three numbers of a loopback network such as 127.0.1', loopbackNetwork) ?? DEFAULT_NETWORK,
  };
  if (flags.has('rate') && flags.has('interval')) problems.push('--rate and --interval: give one of them');
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'run', options };
}

function integerUpTo(max: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= max ? Number(text) : undefined);
}

function positiveNumber(text: string): number | undefined {
  return /^\d{1,9}(\.\d+)?$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
