// What servers did compared with what clients got: calls that were executed more often than answered. Only reported,
// since a call that is sent again may be executed twice, and SayHello allows that.
import type { MeasuredClaim, Measurement } from '../records/claim';
import { joinExecution } from '../records/execution';
import type { RunData } from '../records/run-data';

type Records = Pick<RunData, 'calls' | 'events'>;

export function executedUnanswered<F>(recordsOf: (facts: F) => Records): MeasuredClaim<F> {
  return {
    id: 'executed-unanswered',
    text: 'Executions on servers whose answer reached no client.',
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
