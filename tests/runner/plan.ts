// How the files of the tests are run: many in one process, or each in one of its own.
import * as path from 'node:path';
import { tierOf } from './parts';

/** Starting Node takes longer than most files of these tiers, so they share one process. */
const IN_ONE_PROCESS: readonly string[] = ['unit', 'manifests'];

/** Files of those tiers that would disturb the others, or be disturbed by them. */
const ON_THEIR_OWN: Readonly<Record<string, string>> = {
  'injector.test.ts': 'replaces the timers of the process',
  'process-metrics.test.ts': 'asks what keeps the process alive, and how busy its loop was',
  'process-use.test.ts': 'compares the CPU time that two readings of its own process tell',
  'reaper.test.ts': 'changes PATH',
};

export interface Plan {
  readonly inOneProcess: readonly string[];
  readonly onTheirOwn: readonly string[];
}

export function planOf(files: readonly string[]): Plan {
  const shares = (file: string) => IN_ONE_PROCESS.includes(tierOf(file)) && !(path.basename(file) in ON_THEIR_OWN);
  return { inOneProcess: files.filter(shares), onTheirOwn: files.filter((file) => !shares(file)) };
}

/** Names in the list above that none of `files` has. */
export function staleNames(files: readonly string[]): readonly string[] {
  const names = new Set(files.map((file) => path.basename(file)));
  return Object.keys(ON_THEIR_OWN).filter((name) => !names.has(name));
}
