// What servers did compared with what clients got: calls that were executed more often than answered. Only reported,
// since a call that is sent again may be executed twice, and SayHello allows that.
import type { MeasuredClaim, Measurement } from '../records/claim';
import { type Counted, joinExecution } from '../records/execution';
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

/** Of messages on streams: each is handled once. Not measured where a pod was not counted to its end. */
export function handledOnce<F>(recordsOf: (facts: F) => Records): MeasuredClaim<F> {
  return {
    id: 'handled-once',
    text: 'No server handles a message whose answer does not arrive, so none is handled twice.',
    threshold: { equals: 0 },
    unit: 'calls',
    measure: (facts) => measureServerWork(recordsOf(facts), 'messages'),
  };
}

/** Not measured when no server was ever counted. */
function measureServerWork({ calls, events }: Records, counted: Counted = 'counters'): Measurement {
  const join = joinExecution(calls, events, counted);
  const { answered, failed, retried, executed, executedUnanswered, uncountedPods } = join;
  const isUnknown = executed === 0 || (counted === 'messages' && uncountedPods.length > 0);
  const unknown = uncountedPods.length === 0 ? '' : `; ${uncountedPods.length} pods ended before they were counted`;
  return {
    value: isUnknown ? null : executedUnanswered,
    detail: `${answered} answered, ${failed} lost, ${retried} retried, ${executed} executed${unknown}`,
  };
}
