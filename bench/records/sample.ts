// What is kept of every measured stretch. All numbers of the page are computed from these; none is thrown away.

/** How calls were sent: at a fixed rate whether or not earlier ones had ended, or as many as were answered. */
export type LoadKind = 'fixed' | 'saturated';

/** One part of the way of a call, and what it used while the load ran. */
export interface HopUse {
  /** CPU time of its processes and their children, ms, from the kernel. */
  readonly cpuMs: number;
  /** Time that they were ready to run and did not, ms: the machine was busy, or their core was. */
  readonly waitMs: number;
  /** Resident memory at the end, MiB. */
  readonly memoryMib: number;
}

export interface Sample {
  readonly suite: string;
  readonly row: string;
  /** Rounds count from 1. In a round each row has two blocks, the second in reverse order. */
  readonly round: number;
  readonly half: 1 | 2;
  /** 1, or more where earlier attempts were dropped. */
  readonly attempt: number;
  readonly load: string;
  readonly kind: LoadKind;
  /** Calls per second that were asked for; none in a closed loop. */
  readonly askedPerSecond?: number;
  readonly connections: number;
  readonly sent: number;
  readonly ok: number;
  /** How many calls failed, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** How late the generator was at the worst. */
  readonly behindMs: number;
  readonly hops: Readonly<Record<string, HopUse>>;
  /** CPUs that others kept busy meanwhile, on average. */
  readonly foreignCpus: number;
  /** Those of them that ran at a low priority (nice above 0), which the measured processes push aside. */
  readonly foreignLowPriorityCpus: number;
  /** Why it counts for nothing. */
  readonly dropped?: string;
}

/** Why a stretch counts for nothing that no quieter machine would mend: the row cannot keep the rate. */
export const BEHIND = 'behind the asked rate';

export const failedCalls = ({ failed }: Pick<Sample, 'failed'>): number =>
  Object.values(failed).reduce((sum, count) => sum + count, 0);

/** The longest p99 of a pod that carries its rate, ms. */
export const CARRIED_P99_MS = 10;

/** Whether the calls of a fixed rate were answered in time and without a failure. */
export const isCarried = (sample: Pick<Sample, 'failed' | 'p99Ms'>): boolean =>
  failedCalls(sample) === 0 && sample.p99Ms <= CARRIED_P99_MS;

/** CPU time of all hops per answered call, µs. */
export const cpuPerCall = (sample: Sample, hop: string): number =>
  ((sample.hops[hop]?.cpuMs ?? Number.NaN) * 1000) / sample.ok;
