// Every setting of the client: variable, constraint, default, meaning. grpc_client_k8s/ sets them in the cluster.
import { hostname } from 'node:os';
import {
  boolean,
  type Env,
  integer,
  oneOf,
  optionalNumber,
  optionalText,
  port,
  readSettings,
  type Setting,
  type Settings,
  text,
  type Values,
} from '../runtime/env';
import { LOG_LEVELS } from '../runtime/log';

const HOST = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])$/;
const RESOLVER = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;
/** Of 13 KB each, beside the 120 MB that the client needs at its busiest: the limit in grpc_client_k8s/deployment.yaml. */
const MOST_IN_FLIGHT = 4000;
/** How long past its deadline a call may go on before the client stops waiting for its end. */
export const OVERRUN_MS = 1000;
/** A shorter deadline leaves the first retry no time. */
const MIN_RETRY_DEADLINE_MS = 100;

export const CLIENT_SETTINGS = {
  podName: {
    ...text('POD_NAME', hostname(), 'the client’s name in logs and requests; default: the host name', {
      pattern: /^[\w.-]{1,253}$/,
      expected: "a pod's name, 1-253 of A-Z a-z 0-9 . _ -",
    }),
    fallback: undefined,
  },
  domain: text('GRPC_SERVER_DOMAIN', 'localhost', 'the name or address to call', {
    pattern: HOST,
    expected: 'a host name or an address',
  }),
  port: integer('GRPC_SERVER_PORT', 50051, { min: 1, max: 65535 }, 'the port to call'),
  dnsServer: optional(
    text('DNS_SERVER', '', 'ADDRESS:PORT of the resolver to ask in place of the system’s', {
      pattern: RESOLVER,
      expected: 'ADDRESS or ADDRESS:PORT',
    }),
  ),
  useAlternativeResolver: boolean(
    'GRPC_NODE_USE_ALTERNATIVE_RESOLVER',
    false,
    'read by grpc-js when it loads: must be true for DNS_SERVER to have an effect',
  ),
  lbPolicy: oneOf(
    'LB_POLICY',
    'round_robin',
    ['pick_first', 'round_robin'] as const,
    'how calls are spread over the addresses of the name',
  ),
  intervalMs: integer('INTERVAL_MS', 5000, { min: 1, max: 3_600_000 }, 'time between two calls; RATE overrides it'),
  rate: optionalNumber('RATE', { min: 0.001, max: 100_000 }, 'calls per second, may have a fraction'),
  count: optional(integer('COUNT', 0, { min: 1, max: 1_000_000_000 }, 'stop after this many calls')),
  maxInFlight: optional(
    integer(
      'MAX_IN_FLIGHT',
      0,
      { min: 1, max: 100_000 },
      `most calls in flight at once, others wait; default: as many as are due within DEADLINE_MS and a second, at most ${MOST_IN_FLIGHT}`,
    ),
  ),
  maxLateMs: integer(
    'MAX_LATE_MS',
    1000,
    { min: 100, max: 3_600_000 },
    'a call that is this late while the next one is due is counted and never sent; calls that are less late are sent at 1.5 times the rate',
  ),
  connectWaitMs: integer(
    'CONNECT_WAIT_MS',
    1000,
    { min: 0, max: 600_000 },
    'the first call is due as soon as there is a connection, or after this long without one',
  ),
  deadlineMs: integer(
    'DEADLINE_MS',
    5000,
    { min: 10, max: 600_000 },
    'time a call may take in all, waiting for a connection and retries included',
  ),
  retries: boolean('RETRIES', true, 'false: no layer of this client sends a call again that a server may have seen'),
  libraryDefaults: boolean(
    'LIBRARY_DEFAULTS',
    false,
    'true: a channel with the defaults of grpc-js apart from LB_POLICY, to see what other people’s clients see',
  ),
  greetingName: text('GREETING_NAME', 'world', 'the name to greet', {
    pattern: /^[^\p{Cc}]{1,256}$/u,
    expected: '1-256 characters, none of them a control character',
  }),
  newChannelPerCall: boolean(
    'NEW_CHANNEL_PER_CALL',
    false,
    'open and close a connection for every call, to measure what that costs',
  ),
  streams: optional(
    integer(
      'STREAMS',
      0,
      { min: 1, max: 10_000 },
      'Chat streams to hold open instead of calls, each with a message every INTERVAL_MS',
    ),
  ),
  ledger: optionalText(
    'LEDGER',
    'file that gets one line of JSON per call; - is standard output, logs then go to stderr',
  ),
  metricsHost: text('METRICS_HOST', '0.0.0.0', 'address of /metrics and /healthz', {
    pattern: /^[\w.:-]+$/,
    expected: 'an IP address or a host name',
  }),
  metricsPort: port('METRICS_PORT', 9464, 'port of /metrics and /healthz, 0 picks a free one'),
  logLevel: oneOf('LOG_LEVEL', 'info', LOG_LEVELS, 'least severe lines that are written; info shows every reply'),
} satisfies Settings;

export type ClientConfig = Values<typeof CLIENT_SETTINGS>;

/** @throws ConfigError with every problem of `env`. */
export function loadClientConfig(env: Env): ClientConfig {
  return readSettings(CLIENT_SETTINGS, env, checkTogether);
}

/** Time between two calls (ms, may have a fraction); with streams, between two messages of all of them. */
export function callIntervalMs({
  rate,
  intervalMs,
  streams = 1,
}: Pick<ClientConfig, 'rate' | 'intervalMs' | 'streams'>): number {
  return rate === undefined ? intervalMs / streams : 1000 / rate;
}

/**
 * Calls that may be unanswered at once. Each ends by its deadline, so an open loop never needs more than it begins in that
 * time; more could not be answered before theirs.
 */
export function mostInFlight(config: ClientConfig): number {
  const begun = Math.ceil((config.deadlineMs + OVERRUN_MS) / callIntervalMs(config));
  return config.maxInFlight ?? Math.min(begun + 1, MOST_IN_FLIGHT);
}

function checkTogether(config: ClientConfig): string[] {
  const problems: string[] = [];
  if (config.dnsServer !== undefined && !config.useAlternativeResolver) {
    problems.push(`DNS_SERVER: needs GRPC_NODE_USE_ALTERNATIVE_RESOLVER=true, got "${config.dnsServer}" without it`);
  }
  if (config.retries && config.deadlineMs < MIN_RETRY_DEADLINE_MS) {
    problems.push(
      `DEADLINE_MS: expected at least ${MIN_RETRY_DEADLINE_MS} while RETRIES is true, got "${config.deadlineMs}"`,
    );
  }
  if (config.libraryDefaults && config.retries) {
    problems.push('RETRIES: expected false while LIBRARY_DEFAULTS is true, got "true"');
  }
  if (config.streams !== undefined) {
    if (config.rate !== undefined)
      problems.push(`RATE: streams send every INTERVAL_MS, got "${config.rate}" with STREAMS`);
    if (config.count !== undefined) problems.push(`COUNT: streams have no end, got "${config.count}" with STREAMS`);
    if (config.newChannelPerCall) problems.push('NEW_CHANNEL_PER_CALL: expected false with STREAMS, got "true"');
  }
  return problems;
}

function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { ...setting, fallback: undefined, unset: undefined };
}
