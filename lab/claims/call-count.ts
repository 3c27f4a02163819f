// Zero failures of few calls say little. This claims that there were as many calls as the experiment needs.
import type { Call } from '../records/call';
import type { MeasuredClaim } from '../records/claim';

/** @param groupsOf groups of calls, each of which must be large enough */
export function enoughCalls<F>(calls: number, groupsOf: (facts: F) => readonly (readonly Call[])[]): MeasuredClaim<F> {
  return {
    id: 'calls',
    text: 'There are enough calls for a verdict.',
    threshold: { atLeast: calls },
    unit: 'calls',
    measure: (facts) => ({ value: Math.min(...groupsOf(facts).map(({ length }) => length)) }),
  };
}
