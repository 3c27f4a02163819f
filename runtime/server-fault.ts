// How a server misbehaves when it is told to: what server/faults/ takes, and what those who tell it send. Goes when that
// folder goes.

/** The variable FAULT_PORT of every server that may be told to misbehave. */
export const FAULT_PORT = 9470;

/** What is left out is as it should be. */
export interface ServerFault {
  /** Every answer this much later, ms. */
  readonly delayMs?: number;
  /** This share of calls (0-1) ends as UNAVAILABLE. */
  readonly errorRate?: number;
  /** Calls get no answer at all. */
  readonly isHung?: boolean;
  /** Health says NOT_SERVING while calls are answered. */
  readonly notServing?: boolean;
  /** The kubelet's readiness probe gets no answer, as on a starved node; all others get theirs. */
  readonly failsProbes?: boolean;
  /** Delay, errors and hanging hit only calls that send this name; for a slow load beside a normal one. */
  readonly onlyName?: string;
}
