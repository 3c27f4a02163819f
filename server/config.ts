// Every setting of the server: name, constraint, default, meaning. The manifest that sets them is
// grpc_server_k8s/deployment.yaml; a variable that is not in this table does not exist.
import { hostname } from 'node:os';
import { boolean, type Env, integer, number, oneOf, port, readSettings, text, type Values } from '../runtime/env';
import { LOG_LEVELS } from '../runtime/log';

const HOST = { pattern: /^[\w.:-]+$/, expected: 'an IP address or a host name' };
const POD = { pattern: /^[\w.-]{1,253}$/, expected: "a pod's name, 1-253 of A-Z a-z 0-9 . _ -" };
const UP_TO_A_DAY = { min: 0, max: 86_400_000 };
const UP_TO_TEN_MINUTES = { min: 0, max: 600_000 };

export const SERVER_SETTINGS = {
  // The default is the machine's own name, so no document can print it.
  podName: {
    ...text('POD_NAME', hostname(), 'name in every reply; default: the host name', POD),
    fallback: undefined,
  },
  grpcHost: text('GRPC_HOST', '0.0.0.0', 'address that gRPC listens on', HOST),
  grpcPort: port('GRPC_PORT', 50051, 'port that gRPC listens on; 0 picks a free one'),
  metricsHost: text('METRICS_HOST', '0.0.0.0', 'address that /metrics and /healthz listen on', HOST),
  metricsPort: port('METRICS_PORT', 9464, 'port that /metrics and /healthz listen on; 0 picks a free one'),
  logLevel: oneOf('LOG_LEVEL', 'info', LOG_LEVELS, 'least severe level that is logged; debug adds a line per call'),
  drainDelayMs: integer(
    'DRAIN_DELAY_MS',
    10_000,
    UP_TO_TEN_MINUTES,
    'ms between "not serving" and closing the port; Envoy must notice in this time',
  ),
  graceMs: integer('GRACE_MS', 10_000, UP_TO_TEN_MINUTES, 'ms that calls in flight may take once the port is closed'),
  maxStreamAgeMs: integer(
    'MAX_STREAM_AGE_MS',
    0,
    UP_TO_A_DAY,
    'ms after which a stream of Chat is ended between two messages, so that it can move to another pod, as all are when the pod leaves; 0: never',
  ),
  maxStreamAgeJitter: number(
    'MAX_STREAM_AGE_JITTER',
    0.2,
    { min: 0, max: 1 },
    'by which part of MAX_STREAM_AGE_MS, at most, a stream lives longer, at random',
  ),
  faultHost: text('FAULT_HOST', '127.0.0.1', 'address that the fault endpoint listens on', HOST),
  // No manifest sets it: any caller that reaches this port can end the process.
  faultPort: {
    ...port('FAULT_PORT', 0, 'port of the fault endpoint (/faults, /abort, /freeze), for experiments; default: off'),
    fallback: undefined,
    unset: undefined as number | undefined,
  },
  shortRoad: boolean(
    'SHORT_ROAD',
    true,
    'whether ordinary calls of SayHello are answered on Node.js HTTP/2 streams, which costs less; false: all by grpc-js',
  ),
  reflection: boolean('REFLECTION', true, 'whether clients may list the services and messages'),
};

export type ServerConfig = Values<typeof SERVER_SETTINGS>;

/** @throws ConfigError with every problem of `env` at once. */
export function loadServerConfig(env: Env): ServerConfig {
  return readSettings(SERVER_SETTINGS, env, ({ grpcHost, grpcPort, metricsHost, metricsPort }) =>
    grpcPort === metricsPort && grpcPort !== 0 && grpcHost === metricsHost
      ? [`METRICS_PORT: expected another port than GRPC_PORT on ${grpcHost}, got "${metricsPort}"`]
      : [],
  );
}
