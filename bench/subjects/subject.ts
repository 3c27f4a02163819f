// What a row of a table is made of: processes that are started anew for each block, and where the load goes.
import type { ProcessSpec } from '../../local/pods/process';

/** Which CPU a process may use, where processes are pinned: what is compared has one for itself. */
export type Seat = 'measured' | 'beside';

/** What a subject is given to start with, for one block. */
export interface Stage {
  /** An address of loopback that no other process of this block has. */
  address(): string;
  /** Starts a process that is stopped at the end of the block; resolves to its number. */
  start(spec: ProcessSpec, seat: Seat): Promise<number>;
  /** Resolves when something listens there. @throws StartError when nothing does in time */
  listening(host: string, port: number): Promise<void>;
  /** Runs at the end of the block. */
  atEnd(work: () => Promise<void>): void;
  /** A folder of this block alone. */
  readonly directory: string;
}

export interface Started {
  /** `ADDRESS:PORT`, where calls go. */
  readonly targets: readonly string[];
  /** The processes of each part of the way. */
  readonly hops: Readonly<Record<string, readonly number[]>>;
}

export interface Subject {
  readonly id: string;
  readonly label: string;
  /** What it is, with versions. */
  readonly detail: string;
  start(stage: Stage): Promise<Started>;
}

/** A row that could not be had. */
export interface Skipped {
  readonly label: string;
  readonly reason: string;
}
