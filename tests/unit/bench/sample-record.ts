// Records made by hand for the tests of the benchmark: samples whose CPU time per call is known.
import type { BenchRecord, SuiteFacts } from '../../../bench/records/record';
import type { Sample } from '../../../bench/records/sample';

export const SUITE: SuiteFacts = {
  id: 'servers',
  base: 'bare',
  control: 'bare-again',
  hop: 'server',
  rounds: 3,
  loads: [
    {
      id: 'fixed-4',
      label: '1,500 calls/s on 4 connections',
      ratePerSecond: 1500,
      connections: 4,
      inFlight: 25,
      seconds: 1,
    },
  ],
  rows: ['bare', 'bare-again', 'ours'].map((id) => ({ id, label: id, detail: `what ${id} is` })),
  skipped: [],
};

/** @param cpuUs CPU time per call */
export function sampleOf(row: string, round: number, half: 1 | 2, cpuUs: number, more: Partial<Sample> = {}): Sample {
  const ok = 1000;
  return {
    ...{ suite: 'servers', row, round, half, attempt: 1, load: 'fixed-4', kind: 'fixed', askedPerSecond: 1500 },
    ...{ connections: 4, sent: ok, ok, failed: {}, seconds: 1, p50Ms: 1, p90Ms: 2, p99Ms: 3, behindMs: 0 },
    hops: { server: { cpuMs: (cpuUs * ok) / 1000, waitMs: 0, memoryMib: 80 } },
    ...{ foreignCpus: 0.01, foreignLowPriorityCpus: 0 },
    ...more,
  };
}

/** Both halves of `rounds` rounds. */
export function rowSamples(row: string, perRound: readonly number[]): readonly Sample[] {
  return perRound.flatMap((cpuUs, index) => [sampleOf(row, index + 1, 1, cpuUs), sampleOf(row, index + 1, 2, cpuUs)]);
}

export function recordOf(samples: readonly Sample[], suites: readonly SuiteFacts[] = [SUITE]): BenchRecord {
  return {
    startedAt: '2026-11-28T12:00:00.000Z',
    minutes: 20,
    isQuick: false,
    seed: 7,
    maxForeignCpus: 0.1,
    machine: {
      ...{ cpu: 'a CPU', cpus: 2, memoryGib: 8, system: 'Linux', kernel: '6.1', node: '20.19.0', commit: 'abc' },
      pinning: 'no process was pinned to a CPU',
    },
    suites,
    samples,
  };
}
