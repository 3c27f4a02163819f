// What the gRPC libraries call the labels and the histogram beside a counter of calls; docs/autoscaling.md says where the
// names come from. The dashboards have a variable for each.

export interface Counted {
  /** What the panels count by: every call that ended. */
  readonly metric: string;
  readonly method_label: string;
  readonly code_label: string;
  readonly histogram: string;
}

const GO = { method_label: 'grpc_method', code_label: 'grpc_code', histogram: 'grpc_server_handling_seconds' };
const OPEN_TELEMETRY: Counted = {
  metric: 'grpc_server_call_duration_seconds_count',
  method_label: 'grpc_method',
  code_label: 'grpc_status',
  histogram: 'grpc_server_call_duration_seconds',
};

const LIBRARIES: Readonly<Record<string, Counted>> = {
  grpc_server_handled_total: { metric: 'grpc_server_handled_total', ...GO },
  grpc_server_started_total: { metric: 'grpc_server_handled_total', ...GO },
  grpc_server_requests_received_messages_total: {
    metric: 'grpc_server_requests_received_messages_total',
    method_label: 'method',
    code_label: 'statusCode',
    histogram: 'grpc_server_processing_duration_seconds',
  },
  grpc_server_call_started_total: OPEN_TELEMETRY,
  grpc_server_call_duration_seconds_count: OPEN_TELEMETRY,
};

/** @param counter the name of a series; of one that no library has, nothing else is known */
export function countedBy(counter: string): Partial<Counted> & Pick<Counted, 'metric'> {
  return LIBRARIES[counter] ?? { metric: counter };
}
