// Does scaling in lose calls? Pods that leave say so before they go, and Envoy needs a moment to hear it.
import { eventsOf, type RunEvent } from '../records/event';
import type { TimeSpan } from '../records/selection';
import { POD_CHANGE, ROUTING } from '../steps/waits';
import { losslessChange } from './lossless-change';

const MANY = 6;
const FEW = 3;

export const scaleDown = losslessChange({
  name: 'scale-down',
  question: 'Are calls lost when half of the server pods leave?',
  hypothesis:
    'A leaving pod says NOT_SERVING and keeps answering for ten seconds. Envoy needs two seconds to stop calling it, so nothing is left to lose when it closes, with retries or without.',
  sizes: {
    full: { repetitions: 20, calls: 20_000, ratePerSecond: 200 },
    quick: { repetitions: 1, calls: 2000, ratePerSecond: 200 },
  },
  servers: MANY,
  when: 'while pods leave',
  change: async (system, { repetitions }, { pause }) => {
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      await system.scale('grpc-server', FEW);
      await system.untilReady('grpc-server', FEW, POD_CHANGE);
      await pause(500);
      if (repetition === repetitions) return;
      await system.scale('grpc-server', MANY);
      await system.untilReady('grpc-server', MANY, POD_CHANGE);
      await system.untilRouted(MANY, ROUTING);
      await pause(500);
    }
  },
  spans: scaleDownSpans,
  repetitionMs: 19_000,
  rateTitle: 'Half of the pods leave, the others take over, and nothing is lost',
});

/** From each time that fewer servers were asked for until the last pod of them is gone. */
export function scaleDownSpans(events: readonly RunEvent[]): readonly TimeSpan[] {
  const scales = eventsOf(events, 'scale').filter(({ subject }) => subject === 'grpc-server');
  const gone = eventsOf(events, 'pod-gone');
  return scales.flatMap(({ atMs, detail }, index) => {
    if (detail === undefined || detail.to >= detail.from || detail.to !== FEW) return [];
    const nextMs = scales[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const last = gone.filter((event) => event.atMs >= atMs && event.atMs < nextMs).at(-1);
    return last === undefined ? [] : [{ fromMs: atMs, toMs: last.atMs }];
  });
}
