// What the lab's commands need from their process, and how they end.
import type { Machine } from '../../command-line/machine';
import type { Experiment } from '../experiment';
import type { Backend } from '../records/params';
import type { SystemFactory } from '../system/system-factory';

export interface CommandIo {
  readonly machine: Machine;
  /** `v20.20.2` */
  readonly nodeVersion: string;
  readonly experiments: readonly Experiment[];
  readonly backends: Readonly<Partial<Record<Backend, SystemFactory>>>;
  /** Writes to standard output and standard error. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** In [0, 1): a seed where none is given. */
  readonly random: () => number;
}

export const EXIT = { passed: 0, failed: 1, wrong: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
