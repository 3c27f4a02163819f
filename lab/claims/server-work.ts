// What servers did beside what clients were told: calls that were executed more often than answered. Reported, since a
// call that is asked again may be executed twice and SayHello allows it.
import type { MeasuredClaim, Measurement } from '../records/claim';
import { joinExecution } from '../records/execution';
import type { RunData } from '../records/run-data';

type Records = Pick<RunData, 'calls' | 'events'>;

export function executedUnanswered<F>(recordsOf: (facts: F) => Records): MeasuredClaim<F> {
  return {
    id: 'executed-unanswered',
    text: 'Calls that servers executed without a client getting that answer.',
    threshold: { reported: true },
    unit: 'calls',
    measure: (facts) => measureServerWork(recordsOf(facts)),
  };
}

/** Not measured when no server was ever counted. */
function measureServerWork({ calls, events }: Records): Measurement {
  const { answered, failed, retried, executed, executedUnanswered, uncountedPods } = joinExecution(calls, events);
  const unknown = uncountedPods.length === 0 ? '' : `; ${uncountedPods.length} pods ended before they were counted`;
  return {
    value: executed === 0 ? null : executedUnanswered,
    detail: `${answered} answered, ${failed} lost, ${retried} retried, ${executed} executed${unknown}`,
  };
}
