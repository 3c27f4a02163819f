// What gRPC libraries call their counters of calls on a server, as Prometheus reads them. All of them count grpc.health.v1
// as calls, and Envoy and the kubelet ask for that all the time. docs/autoscaling.md says where the names come from.
import { admits, type Labels, readMatchers } from './matchers';

export interface CallCounter {
  /** What a health check is counted with. */
  readonly healthCheck: Labels;
  /** The matcher that leaves health checks out. */
  readonly withoutHealth: string;
  /** The series of the same library that counts each call when it ends, with the label of its status. */
  readonly ended: string;
  readonly methodLabel: string;
  readonly codeLabel: string;
  /** Answer times in seconds; undefined where the library has no histogram of them, or another unit. */
  readonly histogram: string | undefined;
}

const HEALTH = 'grpc.health.v1.Health';

/** A library that has the service and the method in a label each. */
function inTwoLabels(
  service: string,
  method: string,
): Pick<CallCounter, 'healthCheck' | 'withoutHealth' | 'methodLabel'> {
  return {
    healthCheck: { [service]: HEALTH, [method]: 'Check' },
    withoutHealth: `${service}!="${HEALTH}"`,
    methodLabel: method,
  };
}

/** A library that has both in one: `grpc.health.v1.Health/Check`. */
function inOneLabel(method: string): Pick<CallCounter, 'healthCheck' | 'withoutHealth' | 'methodLabel'> {
  return {
    healthCheck: { [method]: `${HEALTH}/Check` },
    withoutHealth: `${method}!~"${HEALTH}/.*"`,
    methodLabel: method,
  };
}

/** go-grpc-middleware and go-grpc-prometheus, java-grpc-prometheus, py-grpc-prometheus and others that took their names. */
const MIDDLEWARE: CallCounter = {
  ...inTwoLabels('grpc_service', 'grpc_method'),
  ended: 'grpc_server_handled_total',
  codeLabel: 'grpc_code',
  histogram: 'grpc_server_handling_seconds',
};
/** MetricCollectingServerInterceptor. */
const MICROMETER: CallCounter = {
  ...inTwoLabels('service', 'method'),
  ended: 'grpc_server_processing_duration_seconds_count',
  codeLabel: 'statusCode',
  histogram: 'grpc_server_processing_duration_seconds',
};
/** ObservationGrpcServerInterceptor. */
const MICROMETER_OBSERVATION: CallCounter = {
  ...inTwoLabels('rpc_service', 'rpc_method'),
  ended: 'grpc_server_seconds_count',
  codeLabel: 'grpc_status_code',
  histogram: 'grpc_server_seconds',
};
/** gRPC's own plugin for OpenTelemetry (gRFC A66). */
const GRPC_OPEN_TELEMETRY: CallCounter = {
  ...inOneLabel('grpc_method'),
  ended: 'grpc_server_call_duration_seconds_count',
  codeLabel: 'grpc_status',
  histogram: 'grpc_server_call_duration_seconds',
};
/** OpenTelemetry's instrumentations, by the conventions up to 1.37; it has milliseconds. */
const RPC_CONVENTIONS_OLD: CallCounter = {
  ...inTwoLabels('rpc_service', 'rpc_method'),
  ended: 'rpc_server_duration_milliseconds_count',
  codeLabel: 'rpc_grpc_status_code',
  histogram: undefined,
};
const RPC_CONVENTIONS: CallCounter = {
  ...inOneLabel('rpc_method'),
  ended: 'rpc_server_call_duration_seconds_count',
  codeLabel: 'rpc_response_status_code',
  histogram: 'rpc_server_call_duration_seconds',
};

const COUNTERS: Readonly<Record<string, CallCounter>> = {
  grpc_server_started_total: MIDDLEWARE,
  grpc_server_handled_total: MIDDLEWARE,
  grpc_server_handling_seconds_count: MIDDLEWARE,
  grpc_server_requests_received_messages_total: MICROMETER,
  grpc_server_responses_sent_messages_total: MICROMETER,
  grpc_server_processing_duration_seconds_count: MICROMETER,
  grpc_server_seconds_count: MICROMETER_OBSERVATION,
  grpc_server_call_started_total: GRPC_OPEN_TELEMETRY,
  grpc_server_call_duration_seconds_count: GRPC_OPEN_TELEMETRY,
  rpc_server_duration_milliseconds_count: RPC_CONVENTIONS_OLD,
  rpc_server_call_duration_seconds_count: RPC_CONVENTIONS,
};

/** The names of all that are known. */
export const CALL_COUNTERS: readonly string[] = Object.keys(COUNTERS);

/** @param series its name; undefined for one that no library here has */
export function callCounter(series: string): CallCounter | undefined {
  return Object.hasOwn(COUNTERS, series) ? COUNTERS[series] : undefined;
}

/** Whether health checks are among what these matchers select of the counter; undefined where that cannot be told. */
export function countsHealth({ healthCheck }: CallCounter, matchers: string): boolean | undefined {
  return admits(readMatchers(matchers), healthCheck);
}
