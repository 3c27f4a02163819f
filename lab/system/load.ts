// A load generator as experiments see it: this project's client, calling in an open loop and keeping a ledger.

/**
 * Whom a load calls, and how its channel spreads over the addresses:
 * - `envoys`: the headless Envoy Service, round_robin. What is shipped without a mesh
 * - `envoy-service`: one Envoy behind the ClusterIP, pick_first; locally a name that has one Envoy's address
 * - `servers`: the headless server Service without Envoy, round_robin
 * - `server-service`: the servers' ClusterIP without Envoy, pick_first; locally a name that answers each query with one
 *   server drawn at random, which is what kube-proxy does for each connection
 */
export type Target = 'envoys' | 'envoy-service' | 'servers' | 'server-service';

export interface LoadSpec {
  /** Unique within the run; `load` in calls.ndjson. */
  readonly name: string;
  readonly target: Target;
  /** Calls/s, open loop. Left out: `streams` is set. */
  readonly ratePerSecond?: number;
  /** Ends by itself after this many calls. */
  readonly count?: number;
  /** Hold this many Chat streams open in place of calls. */
  readonly streams?: number;
  /** More of the client's settings by their variables: RETRIES, DEADLINE_MS, LB_POLICY, NEW_CHANNEL_PER_CALL, … */
  readonly env?: Readonly<Record<string, string>>;
}

export interface LoadResult {
  /** Lines in its ledger, which by now are in calls.ndjson. */
  readonly calls: number;
  /** CPU time of the generator over its life, s; undefined if it could not be read. */
  readonly cpuSeconds: number | undefined;
}

export interface Load {
  readonly name: string;
  /** Resolves once it ended by itself and its ledger is recorded; rejects if it crashed. */
  readonly finished: Promise<LoadResult>;
  /** Asks it to end: calls in flight are finished, then as `finished`. */
  stop(): Promise<LoadResult>;
}
