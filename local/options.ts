// The command line of the local stack. Parses and checks; reports every problem at once; starts nothing.
import { DURATION_GRAMMAR, parseDuration } from '../command-line/duration';
import { readFlags } from '../command-line/flags';
import { DEFAULT_NETWORK, loopbackNetwork } from '../command-line/network';
import { CLIENT_WORDS } from './pods/own-client';
import { SERVER_WORDS } from './pods/own-server';
import { unknownPlaceholders } from './pods/placeholders';

export const LB_POLICIES = ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'] as const;
export type LbPolicy = (typeof LB_POLICIES)[number];

export const MAX_SERVERS = 50;
/** One of the eight Envoy addresses stays free for the one that replaces another. */
export const MAX_ENVOYS = 7;

/** Calls per second where a person watches: the first second shows who answers. */
export const WATCHED_RATE = 50;

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
  /** Whether to open a page, and at which port; 0 is a free one. */
  readonly ui: boolean;
  readonly uiPort: number;
  readonly verbose: boolean;
  readonly network: string;
  /** The folder of manifests as it was typed; undefined is the project's, or MANIFESTS_ROOT. */
  readonly manifests: string | undefined;
  /** Which of Envoy's clusters the servers are behind; undefined is `greeter`, or the only one that asks DNS. */
  readonly cluster: string | undefined;
  /** Commands in place of this project's programs, with words in braces. */
  readonly server: string | undefined;
  readonly client: string | undefined;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: LocalOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export const USAGE = `Usage: ./deploy-all.sh --local [options]

Runs the picture of this project on loopback: servers, the real Envoy with the shipped configuration, one client.

  --servers N       server processes, 1-${MAX_SERVERS} (default 3)
  --envoys N        Envoy processes, 1-${MAX_ENVOYS} (default 2)
  --ui              a live page on loopback: calls by pod, beside them the same load without Envoy, and buttons
  --ui-port N       the page's port (default: a free one)
  --rate N          calls per second, open loop (default: 50 at a terminal or with --ui, else one call per interval)
  --interval TIME   time between two calls (default: as in grpc_client_k8s)
  --for TIME        send calls for that long, then print the summary (default: until q or Ctrl-C)
  --policy NAME     ${LB_POLICIES.join(', ')} (default: as in envoy_proxy_k8s)
  --json            the summary is one JSON object, the last line of standard output
  --verbose         show what differs from the manifests, every process, and what it logs
  --network A.B.C   first three numbers of the loopback addresses to use (default ${DEFAULT_NETWORK})
  --manifests DIR   a folder with manifests in place of the project's own (default: MANIFESTS_ROOT, if it is set)
  --cluster NAME    which of Envoy's clusters the servers are behind, where DIR has several services
  --server CMD      a server program of your own, started once per server; CMD may say {address} {port}
                    {metrics_port} {pod}, or {own_port} if it can choose its port but no address
  --client CMD      a client program of your own; CMD may say {target} {targets} {dns_target} {pod}
  --help            this text

TIME is ${DURATION_GRAMMAR}.
A shell runs CMD. The words in braces are in its environment too: HOST, PORT, METRICS_PORT, POD_NAME for a server,
TARGET, TARGETS, DNS_TARGET, POD_NAME for a client. docs/local-stack.md says what each one is.
Keys on a terminal: + one server more, - one less, k kill -9 one, h hang one, s slow one, r rolling restart,
b the same load without Envoy and back, ? what the words mean, q quit.
Exit code: 0 done, 1 failed, 2 called wrongly.

Examples:
  ./deploy-all.sh --local --ui
  ./deploy-all.sh --local --servers 5 --rate 200 --for 30s --json
  ./deploy-all.sh --local --manifests shop --server './orders --listen {address}:{port}' --client './buyer {target}'
`;

const FLAGS = {
  servers: { type: 'string' },
  envoys: { type: 'string' },
  rate: { type: 'string' },
  interval: { type: 'string' },
  for: { type: 'string' },
  policy: { type: 'string' },
  ui: { type: 'boolean' },
  'ui-port': { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  network: { type: 'string' },
  manifests: { type: 'string' },
  cluster: { type: 'string' },
  server: { type: 'string' },
  client: { type: 'string' },
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
    ui: flags.has('ui') || flags.has('ui-port'),
    uiPort: flags.read('ui-port', 'a port 1-65535', integerUpTo(65_535)) ?? 0,
    json: flags.has('json'),
    verbose: flags.has('verbose'),
    manifests: flags.text('manifests'),
    cluster: flags.text('cluster'),
    server: flags.text('server'),
    client: flags.text('client'),
    network:
      flags.read('network', 'three numbers of a loopback network such as 127.0.1', loopbackNetwork) ?? DEFAULT_NETWORK,
  };
  if (flags.has('rate') && flags.has('interval')) problems.push('--rate and --interval: give one of them');
  if (options.client !== undefined) {
    if (options.ui) {
      problems.push('--ui: the page is drawn from the ledger of this project’s client, which --client replaces');
    }
    for (const flag of ['rate', 'interval'] as const) {
      if (flags.has(flag))
        problems.push(`--${flag}: the program of --client has a pace of its own; say it in its command`);
    }
    problems.push(...unknownPlaceholders('--client', options.client, Object.keys(CLIENT_WORDS)));
  }
  if (options.server !== undefined) {
    problems.push(...unknownPlaceholders('--server', options.server, Object.keys(SERVER_WORDS)));
  }
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'run', options };
}

function integerUpTo(max: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= max ? Number(text) : undefined);
}

function positiveNumber(text: string): number | undefined {
  return /^\d{1,9}(\.\d+)?$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
