// Does deleting a pod lose calls?
import { eventsOf, type RunEvent } from '../records/event';
import type { TimeSpan } from '../records/selection';
import { POD_CHANGE, ROUTING } from '../steps/waits';
import { losslessChange } from './lossless-change';

export const deletePods = losslessChange({
  name: 'delete',
  question: 'Are calls lost when a server pod is deleted?',
  hypothesis:
    'A deleted pod leaves in order: it says NOT_SERVING and answers for ten more seconds. By then Envoy has long moved to the other pods.',
  sizes: {
    full: { repetitions: 10, calls: 20_000, ratePerSecond: 200 },
    quick: { repetitions: 1, calls: 2000, ratePerSecond: 200 },
  },
  when: 'while a deleted pod ends',
  change: async (system, { repetitions }, { pause }) => {
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      const victim = (await system.pods('grpc-server')).find(({ isReady, isDraining }) => isReady && !isDraining);
      if (victim === undefined) throw new Error('cannot delete a server pod: none is ready');
      await system.remove(victim.name);
      await system.untilGone([victim.name], POD_CHANGE);
      await system.untilReady('grpc-server', system.shipped.servers, POD_CHANGE);
      await system.untilRouted(system.shipped.servers, ROUTING);
      await pause(1000);
    }
  },
  spans: removalSpans,
  repetitionMs: 13_500,
  rateTitle: 'A pod is deleted, another one comes, and nothing is lost',
});

/** From each SIGTERM to a server until that pod is gone. */
export function removalSpans(events: readonly RunEvent[]): readonly TimeSpan[] {
  const gone = eventsOf(events, 'pod-gone');
  return eventsOf(events, 'signal').flatMap(({ subject, atMs, detail }) => {
    if (detail?.signal !== 'SIGTERM') return [];
    const end = gone.find((event) => event.subject === subject && event.atMs >= atMs);
    return end === undefined ? [] : [{ fromMs: atMs, toMs: end.atMs }];
  });
}
