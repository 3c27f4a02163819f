// One call: a line of the client's ledger, and a record that differs where a test says so.
import type { Call } from '../../../../lab/records/call';

export const call = (sentMs: number, more: Partial<Call> = {}): Call => ({
  load: 'main',
  seq: 1,
  intendedMs: sentMs,
  sentMs,
  latencyMs: 1,
  code: 'OK',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
  ...more,
});

/** As the client writes it. */
export const LINE = {
  seq: 1,
  intendedMs: 1000.5,
  sentMs: 1000.75,
  latencyMs: 1.25,
  code: 'OK',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
};
