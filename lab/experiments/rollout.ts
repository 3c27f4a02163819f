// Does a rolling restart of the servers lose calls?

import type { Tier } from '../records/event';
import { eventsOf, type RunEvent } from '../records/event';
import type { TimeSpan } from '../records/selection';
import { POD_CHANGE, ROLLING } from '../steps/waits';
import { losslessChange } from './lossless-change';

export const rollout = losslessChange({
  name: 'rollout',
  question: 'Are calls lost when every server pod is replaced by a new one?',
  hypothesis:
    'A new pod is ready before an old one is told to leave, and the old one answers for ten more seconds. So there is always a pod that takes the call.',
  sizes: {
    full: { repetitions: 3, calls: 20_000, ratePerSecond: 200 },
    quick: { repetitions: 1, calls: 3000, ratePerSecond: 200 },
  },
  when: 'while pods are replaced',
  change: async (system, { repetitions }) => {
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      await system.roll('grpc-server', ROLLING);
      await system.untilReady('grpc-server', system.shipped.servers, POD_CHANGE);
    }
  },
  spans: (events) => rollSpans(events, 'grpc-server'),
  repetitionMs: 36_000,
  rateTitle: 'Every pod is replaced, and nothing is lost',
});

/** From each rolling restart of the tier until it is complete; one that never was is left out. */
export function rollSpans(events: readonly RunEvent[], tier: Tier): readonly TimeSpan[] {
  const spans: TimeSpan[] = [];
  let fromMs: number | undefined;
  // By their order, not by their times: one may begin within the millisecond in which another one is complete.
  for (const { kind, subject, atMs } of eventsOf(events, 'roll-start', 'roll-done')) {
    if (subject !== tier) continue;
    if (kind === 'roll-done' && fromMs !== undefined) spans.push({ fromMs, toMs: atMs });
    fromMs = kind === 'roll-start' ? atMs : undefined;
  }
  return spans;
}
