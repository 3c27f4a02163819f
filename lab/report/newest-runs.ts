// Of many runs, those that speak for the project now.
import type { Params } from '../records/params';

/** The last honest run of each experiment and backend. `runs` in the order of time; the result by first appearance. */
export function newestRuns<R extends { readonly params: Params }>(runs: readonly R[]): readonly R[] {
  const newest = new Map<string, R>();
  for (const run of runs) {
    if (run.params.mutation === undefined) newest.set(runKey(run.params), run);
  }
  return [...newest.values()];
}

/** What makes runs comparable: the experiment and where it ran. */
export function runKey({ experiment, backend }: Pick<Params, 'experiment' | 'backend'>): string {
  return `${experiment} on ${backend}`;
}
