// How even round robin must be. One round-robin state is exact; several states do not know of each other.

/**
 * The largest possible max − min of the calls per pod after any number of calls, for `states` round-robin states
 * (Envoys times workers) over one unchanging set of pods. Each state gives every pod the same number of its own calls
 * but for at most one; the differences of W states add up to W at most, however their calls interleave.
 */
export function roundRobinBound(states: number): number {
  if (!(Number.isInteger(states) && states >= 1)) {
    throw new RangeError(`cannot bound round robin: expected one state or more, got ${states}`);
  }
  return states;
}

/** max − min of the counts; 0 for none. Pods that got nothing must be among the counts, as 0. */
export function spreadOf(counts: readonly number[]): number {
  return counts.length === 0 ? 0 : Math.max(...counts) - Math.min(...counts);
}
