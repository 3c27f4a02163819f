// Of many runs, those that speak for the project now.
import type { Params } from '../records/params';

/**
 * The last honest run of each experiment and backend; a quick one only where there is no full one. `runs` in the order
 * of time; the result by first appearance.
 */
export function newestRuns<R extends { readonly params: Params }>(runs: readonly R[]): readonly R[] {
  return newestOf(
    runs.filter(({ params }) => params.mutation === undefined),
    runKey,
  );
}

/** The last run of each mutation of an experiment on each backend, by the same rule. */
export function newestBrokenRuns<R extends { readonly params: Params }>(runs: readonly R[]): readonly R[] {
  return newestOf(
    runs.filter(({ params }) => params.mutation !== undefined),
    (params) => `${runKey(params)} broken by ${mutationName(params)}`,
  );
}

/** What makes runs comparable: the experiment and where it ran. */
export function runKey({ experiment, backend }: Pick<Params, 'experiment' | 'backend'>): string {
  return `${experiment} on ${backend}`;
}

/** Params say `NAME: WHAT IS BROKEN`. */
export function mutationName({ mutation }: Pick<Params, 'mutation'>): string | undefined {
  return mutation?.split(':', 1)[0];
}

function newestOf<R extends { readonly params: Params }>(
  runs: readonly R[],
  keyOf: (params: Params) => string,
): readonly R[] {
  const newest = new Map<string, R>();
  for (const run of runs) {
    const key = keyOf(run.params);
    const isLess = run.params.quick && newest.get(key)?.params.quick === false;
    if (!isLess) newest.set(key, run);
  }
  return [...newest.values()];
}
