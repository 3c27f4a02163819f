// Joins what clients were told with what servers did: answered, lost, retried, and executed more often than answered.
import type { Call } from './call';
import { eventsOf, type RunEvent } from './event';
import { answersBy } from './selection';

export interface Execution {
  /** Calls that clients made. */
  readonly asked: number;
  readonly answered: number;
  /** Calls that ended with anything but OK. */
  readonly failed: number;
  /** Calls for which an upstream was asked more than once. */
  readonly retried: number;
  /** Times that upstreams were asked, all calls together. */
  readonly attempts: number;
  /** Calls that the counted servers say they handled with OK. */
  readonly executed: number;
  /** Of those, how many no client got an OK answer for: work that was done twice or in vain. */
  readonly executedUnanswered: number;
  /** Pods that answered more than they counted: killed, or never counted at the end. Nothing is known of them. */
  readonly uncountedPods: readonly string[];
}

/** What servers count: calls, or messages on streams, which the ledger has as calls. */
export type Counted = 'counters' | 'messages';

/**
 * Counters are cumulative since a pod's start. What a pod had counted at its first event of the kind is subtracted, so
 * record one of each pod before the load; a pod that started during the run (`pod-started`) had counted nothing then.
 */
export function joinExecution(
  calls: readonly Call[],
  events: readonly RunEvent[],
  counted: Counted = 'counters',
): Execution {
  const first = new Map(eventsOf(events, 'pod-started').map(({ subject = '' }) => [subject, 0]));
  const last = new Map<string, number>();
  for (const { subject = '', detail } of eventsOf(events, counted)) {
    const counts: Readonly<Record<string, number>> = detail ?? {};
    const handled = counts[counted === 'messages' ? 'handled' : 'OK'] ?? 0;
    if (!first.has(subject)) first.set(subject, handled);
    last.set(subject, handled);
  }
  const answers = answersBy(calls);
  const uncountedPods: string[] = [];
  let executed = 0;
  let executedUnanswered = 0;
  for (const pod of new Set([...answers.keys(), ...last.keys()])) {
    const handled = (last.get(pod) ?? 0) - (first.get(pod) ?? 0);
    const surplus = handled - (answers.get(pod) ?? 0);
    executed += handled;
    if (surplus < 0) uncountedPods.push(pod);
    else executedUnanswered += surplus;
  }
  const answered = calls.filter(({ code }) => code === 'OK').length;
  return {
    asked: calls.length,
    answered,
    failed: calls.length - answered,
    retried: calls.filter(({ attempts }) => attempts > 1).length,
    attempts: calls.reduce((sum, { attempts }) => sum + attempts, 0),
    executed,
    executedUnanswered,
    uncountedPods,
  };
}
