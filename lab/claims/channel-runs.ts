// Runs of the client with one channel and with a channel per call, in blocks of two each: their names, and what was
// measured of each between its two readings of what the client uses.
import { jainIndex } from '../../runtime/evenness';
import { eventsOf } from '../records/event';
import { readyPodsAt } from '../records/ready-pods';
import type { RunData } from '../records/run-data';
import { answersBy, latenciesMs, ofLoad, sentWithin } from '../records/selection';
import { mean } from '../statistics/percentile';

export const ONE_CHANNEL = { name: 'one-channel', label: 'one channel', isPerCall: false } as const;
export const PER_CALL = { name: 'channel-per-call', label: 'a channel per call', isPerCall: true } as const;
export type Variant = typeof ONE_CHANNEL | typeof PER_CALL;

/** @param run counted from 1, within the variant; block k has the runs 2k − 1 and 2k. */
export function channelLoad({ name }: Variant, run: number): string {
  return `${name}-${run}`;
}

export interface ChannelRun {
  /** Counted from 1. */
  readonly block: number;
  readonly calls: number;
  /** Mean of OK answers, ms. */
  readonly latency: number;
  /** CPU time of the client per call, ms; NaN where the backend cannot see it. */
  readonly cpu: number;
  /** Jain's index over the pods that were ready. */
  readonly jain: number;
  /** How many pods answered. */
  readonly pods: number;
}

/** The runs of the variant that were measured, in their order. */
export function channelRuns(
  { calls, events }: Pick<RunData, 'calls' | 'events'>,
  variant: Variant,
  most: number,
): readonly ChannelRun[] {
  const readings = eventsOf(events, 'resources');
  return Array.from({ length: most }, (_, index) => index + 1).flatMap((run) => {
    const load = channelLoad(variant, run);
    const [first, last] = readings.filter(({ subject }) => subject === load);
    if (first === undefined || last === undefined) return [];
    const sent = sentWithin(ofLoad(calls, load), { fromMs: first.atMs, toMs: last.atMs });
    const counts = answersBy(sent, 'pod', readyPodsAt(events, first.atMs));
    const cpuSeconds = (last.detail?.cpuSeconds ?? Number.NaN) - (first.detail?.cpuSeconds ?? Number.NaN);
    return [
      {
        block: Math.ceil(run / 2),
        calls: sent.length,
        latency: mean(latenciesMs(sent)),
        cpu: (cpuSeconds * 1000) / sent.length,
        jain: jainIndex([...counts.values()]),
        pods: [...counts.values()].filter((count) => count > 0).length,
      },
    ];
  });
}
