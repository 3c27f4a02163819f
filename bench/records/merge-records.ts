// One record from several runs: a suite that was measured again takes the place of the older one, and says when that was.
import type { BenchRecord, MachineFacts } from './record';

/** What must be the same, or ratios of different machines would stand side by side. */
const SAME: readonly (keyof MachineFacts)[] = ['cpu', 'cpus', 'memoryGib', 'system', 'kernel', 'node', 'pinning'];

/** @throws Error when a record is of another machine, or quick where another is not */
export function mergeRecords([first, ...later]: readonly [BenchRecord, ...BenchRecord[]]): BenchRecord {
  return later.reduce(withSuitesOf, first);
}

function withSuitesOf(older: BenchRecord, record: BenchRecord): BenchRecord {
  for (const fact of SAME) {
    const [one, other] = [older.machine[fact], record.machine[fact]];
    if (one !== other)
      throw new Error(`expected records of one machine: ${fact} is ${one} in one, ${other} in another`);
  }
  if (older.isQuick !== record.isQuick) throw new Error('expected records of one kind, got a quick run and a full one');
  const { startedAt, machine, suites, samples } = record;
  const measured = { startedAt, commit: machine.commit };
  const fresh = new Map(suites.map((suite) => [suite.id, { ...suite, measured }]));
  const kept = older.suites.map((suite) => fresh.get(suite.id) ?? suite);
  const added = [...fresh.values()].filter(({ id }) => !older.suites.some((suite) => suite.id === id));
  return {
    ...older,
    suites: [...kept, ...added],
    samples: [...older.samples.filter(({ suite }) => !fresh.has(suite)), ...samples],
    minutes: Math.round((older.minutes + record.minutes) * 10) / 10,
  };
}
