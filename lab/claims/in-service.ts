// Which pods were in service at a moment, and which came into service within a span, of either tier.
import { eventsOf, type RunEvent, type Tier } from '../records/event';
import { readyPodsAt } from '../records/ready-pods';
import type { TimeSpan } from '../records/selection';

/** The pods that were ready at `atMs` and not on their way out, in the order in which they became so. */
export function inServiceAt(events: readonly RunEvent[], tier: Tier, atMs: number): readonly string[] {
  return tier === 'envoy' ? readyEnvoysAt(events, atMs) : readyPodsAt(events, atMs);
}

export interface NewPod {
  readonly name: string;
  readonly readyMs: number;
}

/** The pods that became ready within the span and were not so before it, each with the first time. */
export function readyWithin(events: readonly RunEvent[], tier: Tier, { fromMs, toMs }: TimeSpan): readonly NewPod[] {
  const seen = new Set(inServiceAt(events, tier, fromMs));
  return eventsOf(events, tier === 'envoy' ? 'envoy-ready' : 'pod-ready').flatMap(({ subject: name = '', atMs }) => {
    if (atMs <= fromMs || atMs >= toMs || seen.has(name)) return [];
    seen.add(name);
    return [{ name, readyMs: atMs }];
  });
}

function readyEnvoysAt(events: readonly RunEvent[], untilMs: number): readonly string[] {
  const ready = new Set<string>();
  for (const { kind, subject = '', atMs } of eventsOf(
    events,
    'envoy-ready',
    'envoy-draining',
    'envoy-died',
    'envoy-gone',
  )) {
    if (atMs > untilMs) break;
    if (kind === 'envoy-ready') ready.add(subject);
    else ready.delete(subject);
  }
  return [...ready];
}
