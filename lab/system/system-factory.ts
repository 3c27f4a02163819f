// How the lab gets a system to experiment on: prepared once per command, started again for each run. One factory per
// backend; which ones there are is said in lab/main.ts.
import type { Machine } from '../../command-line/machine';
import type { Recorder } from '../records/recorder';
import type { Random } from '../statistics/seeded-random';
import type { System } from './system';
import type { SystemChange } from './system-change';

/** What a backend may have or not have; where it is missing, an experiment that needs it is skipped. */
export type Need = 'prometheus';

export interface FactoryOptions {
  /** What a backend needs of the process and of the machine. */
  readonly machine: Machine;
  /** The /24 that local addresses come from; without meaning in a cluster. */
  readonly network: string;
  /** Tells the waiting user what takes long, one line at a time. */
  readonly say: (text: string) => void;
  /** Aborts when nothing more is wanted. */
  readonly signal: AbortSignal;
}

export interface SystemRun {
  /** The run's folder; a backend may put its own files there, and takes them away again. */
  readonly folder: string;
  /** Gets all that the system does and sees, from its start on: also a `pod-ready` of each pod that is there already. */
  readonly recorder: Recorder;
  /** What is broken in this run; undefined for an honest one. */
  readonly change: SystemChange | undefined;
  /** Where chance in the system itself comes from (the order of DNS records). */
  readonly random: Random;
}

export interface PreparedBackend {
  /** For params.json: `envoy`, `kubernetes`, … by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What some experiments need and is not there: what was looked for, and what helps, on one line. */
  readonly missing: Readonly<Partial<Record<Need, string>>>;
  /**
   * A system as shipped: 3 servers, 2 Envoys, all routed. The caller closes it.
   * @throws StartError when that does not work; then nothing is left running
   */
  start(run: SystemRun): Promise<System>;
}

/** Looks for all that the backend needs. @throws StartError saying what is missing and what helps */
export type SystemFactory = (options: FactoryOptions) => Promise<PreparedBackend>;
