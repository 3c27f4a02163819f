// Puts the lives of the stack's pods into the run's events: each change of a pod's state as the words of
// lab/records/event.ts.
import type { PodEvent, PodState } from '../../../local/pods/pod';
import type { EventKind, Tier } from '../../records/event';
import type { Recorder } from '../../records/recorder';

export interface TierCounts {
  /** Pods that are wanted. */
  readonly desired: number;
  readonly ready: number;
}

export interface EventRecording {
  onEvent(event: PodEvent): void;
  /** Records the numbers of a tier if they have changed. */
  replicas(tier: Tier): void;
  /** Nothing more is recorded: what ends with the run does not belong to it. */
  end(): void;
}

export interface EventRecordingOptions {
  readonly recorder: Recorder;
  readonly tierOf: (pod: string) => Tier;
  readonly count: (tier: Tier) => TierCounts;
  /** The servers' name in DNS has pods that are not ready, too. */
  readonly publishesUnready: boolean;
}

/** An Envoy's start, and a readiness that comes and goes, have no separate word. */
const ENVOY_KINDS: Partial<Record<PodState, EventKind>> = {
  ready: 'envoy-ready',
  draining: 'envoy-draining',
  died: 'envoy-died',
  gone: 'envoy-gone',
};
const SERVER_KINDS: Readonly<Record<PodState, EventKind>> = {
  starting: 'pod-started',
  ready: 'pod-ready',
  unready: 'pod-unready',
  draining: 'pod-draining',
  died: 'pod-died',
  gone: 'pod-gone',
};

export function createEventRecording(options: EventRecordingOptions): EventRecording {
  const { recorder, tierOf, count, publishesUnready } = options;
  const inDns = new Set<string>();
  const known = new Map<Tier, string>();
  let hasEnded = false;

  function replicas(tier: Tier): void {
    if (hasEnded) return;
    const { desired, ready } = count(tier);
    const text = `${desired} ${ready}`;
    if (known.get(tier) === text) return;
    known.set(tier, text);
    recorder.event('replicas', { subject: tier, detail: { desired, ready } });
  }

  function publishing({ pod, state, atMs }: PodEvent): void {
    // A pod that died is in DNS until that is noticed.
    if (state === 'died') return;
    const isIn = publishesUnready ? state !== 'gone' : state === 'ready';
    if (isIn === inDns.has(pod)) return;
    if (isIn) inDns.add(pod);
    else inDns.delete(pod);
    recorder.event(isIn ? 'pod-in-dns' : 'pod-out-of-dns', { subject: pod, atMs });
  }

  return {
    onEvent: (event) => {
      if (hasEnded) return;
      const { pod, state, atMs, detail } = event;
      const tier = tierOf(pod);
      const kind = tier === 'envoy' ? ENVOY_KINDS[state] : SERVER_KINDS[state];
      const reason = detail?.split('\n')[0];
      if (kind !== undefined) {
        recorder.event(kind, { subject: pod, atMs, ...(reason !== undefined && { detail: { reason } }) });
      }
      if (tier === 'grpc-server') publishing(event);
      replicas(tier);
    },
    replicas,
    end: () => {
      hasEnded = true;
    },
  };
}
