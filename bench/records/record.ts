// One run of the benchmark as a file: what was compared, on which machine, and every sample.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Sample } from './sample';

export interface RowFacts {
  readonly id: string;
  /** As the tables call it. */
  readonly label: string;
  /** What it is, with versions. */
  readonly detail: string;
}

export interface SuiteFacts {
  readonly id: string;
  /** The row that all others are divided by. */
  readonly base: string;
  /** A second copy of the base: its ratio is the noise. */
  readonly control: string;
  /** The part of the way of a call whose CPU time is compared. */
  readonly hop: string;
  readonly rounds: number;
  /** The loads are rates that rise, and a block ends at the first that is not carried. */
  readonly isLadder?: true;
  readonly loads: readonly LoadFacts[];
  readonly rows: readonly RowFacts[];
  /** Where it is of a later run than the record. */
  readonly measured?: { readonly startedAt: string; readonly commit: string };
  /** Rows that could not be had, and why. */
  readonly skipped: readonly { readonly label: string; readonly reason: string }[];
}

export interface LoadFacts {
  readonly id: string;
  /** `1,500 calls/s on 4 connections` */
  readonly label: string;
  readonly ratePerSecond?: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly seconds: number;
}

export interface MachineFacts {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
  readonly pinning: string;
}

export interface BenchRecord {
  readonly startedAt: string;
  readonly minutes: number;
  readonly isQuick: boolean;
  readonly seed: number;
  /** The most foreign load that a block may have had, in CPUs. */
  readonly maxForeignCpus: number;
  readonly machine: MachineFacts;
  readonly suites: readonly SuiteFacts[];
  readonly samples: readonly Sample[];
}

/** One line per sample, so that a difference between two files can be read. */
export function recordText({ samples, ...facts }: BenchRecord): string {
  const head = JSON.stringify(facts, undefined, 2).replace(/\n}$/, '');
  return `${head},\n  "samples": [\n${samples.map((sample) => `    ${JSON.stringify(sample)}`).join(',\n')}\n  ]\n}\n`;
}

export function writeRecord(file: string, record: BenchRecord): void {
  writeFileSync(file, recordText(record));
}

/** @throws Error with the file's name when it is no record */
export function readRecord(file: string): BenchRecord {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as BenchRecord;
    if (!Array.isArray(record.samples) || !Array.isArray(record.suites))
      throw new Error('it has no suites and samples');
    return record;
  } catch (thrown) {
    throw new Error(`${file}: expected a record of a benchmark: ${(thrown as Error).message}`, { cause: thrown });
  }
}
