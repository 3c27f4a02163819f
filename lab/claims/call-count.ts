// Zero failures of few calls say little: the claim that there were as many calls as the experiment needs.
import type { Call } from '../records/call';
import type { Claim, Measurement } from '../records/claim';

export function enoughCalls(calls: number): Claim {
  return { id: 'calls', text: 'There are enough calls to judge by.', threshold: { atLeast: calls }, unit: 'calls' };
}

/** The smallest of the groups, each of which must be large enough. */
export function measureCallCount(...groups: readonly (readonly Call[])[]): Measurement {
  return { value: Math.min(...groups.map(({ length }) => length)) };
}
