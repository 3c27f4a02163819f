// A load generator as experiments see it: this project's client, calling in an open loop and keeping a ledger.
import type { Target } from '../../manifest-reader/call-target';

/** How a client of another language is set: as its library has it, or as docs/clients.md advises. */
export type ForeignSettings = 'defaults' | 'advised';

export interface ForeignLoad {
  /** Its folder in `clients/`. */
  readonly client: string;
  readonly settings: ForeignSettings;
}

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
  /** A client of another language (`clients/`) in place of this project's; it calls the Envoys by their headless name. */
  readonly foreign?: ForeignLoad;
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
