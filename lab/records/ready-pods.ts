// Which server pods were in service at a moment, from the events of their lives.
import { type EventKind, eventsOf, type RunEvent } from './event';

const ENTRY: EventKind = 'pod-ready';
const LIFE = [ENTRY, 'pod-unready', 'pod-draining', 'pod-died', 'pod-gone', 'pod-restarted'] as const;

/** Names of the server pods that were ready and not on their way out at `atMs`, in the order in which they became so. */
export function readyPodsAt(events: readonly RunEvent[], atMs: number): readonly string[] {
  const ready = new Set<string>();
  for (const { kind, subject = '', atMs: eventMs } of eventsOf(events, ...LIFE)) {
    if (eventMs > atMs) break;
    if (kind === ENTRY) ready.add(subject);
    else ready.delete(subject);
  }
  return [...ready];
}
