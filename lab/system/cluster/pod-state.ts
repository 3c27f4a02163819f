// What a pod's object in the API says, and which events lie between two looks at it. Pure.
import type { EventDetails, Tier } from '../../records/event';
import type { PodObject } from './objects';

export interface PodState {
  readonly name: string;
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly isDraining: boolean;
  readonly restarts: number;
  /** How its process ended, if it is not running or did not always: `exit code 134`. */
  readonly lastEnd: string | undefined;
  /** For ordering: when it was made, as the API writes it. */
  readonly createdAt: string;
}

type PodKind = Extract<keyof EventDetails, `pod-${string}` | `envoy-${string}`>;

export interface PodChange {
  readonly kind: PodKind;
  readonly detail?: { readonly reason?: string; readonly restarts?: number };
}

/** @param container the one of a tier; a mesh may have put others beside it. */
export function readPod(pod: PodObject, container: string): PodState {
  const { metadata, status = {} } = pod;
  const own = status.containerStatuses?.find(({ name }) => name === container);
  const end = own?.state?.terminated ?? own?.lastState?.terminated;
  return {
    name: metadata.name,
    isRunning: own?.state?.running !== undefined,
    isReady: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    isDraining: metadata.deletionTimestamp !== undefined,
    restarts: own?.restartCount ?? 0,
    lastEnd: end && `${end.reason === 'OOMKilled' ? 'out of memory, ' : ''}exit code ${end.exitCode}`,
    createdAt: metadata.creationTimestamp ?? '',
  };
}

/** The changes from `before` to `after`; undefined stands for a pod that is not there. */
export function podChanges(tier: Tier, before: PodState | undefined, after: PodState | undefined): PodChange[] {
  const changes = tier === 'envoy' ? envoyChanges : serverChanges;
  return changes(before ?? NOT_THERE, after);
}

const NOT_THERE: Omit<PodState, 'name' | 'createdAt'> = {
  isRunning: false,
  isReady: false,
  isDraining: false,
  restarts: 0,
  lastEnd: undefined,
};

function serverChanges(before: typeof NOT_THERE, after: PodState | undefined): PodChange[] {
  if (after === undefined) return [{ kind: 'pod-gone' }];
  const changes: PodChange[] = [];
  if (isDead(before, after)) changes.push({ kind: 'pod-died', ...reason(after) });
  if (after.isRunning && after.restarts > before.restarts) {
    changes.push({ kind: 'pod-restarted', detail: { restarts: after.restarts } });
  } else if (after.isRunning && !before.isRunning && after.restarts === 0) {
    changes.push({ kind: 'pod-started' });
  }
  if (after.isDraining && !before.isDraining) changes.push({ kind: 'pod-draining' });
  if (after.isReady && !before.isReady) changes.push({ kind: 'pod-ready' });
  // A pod that drains is expected to say so; only one that should answer is worth an event.
  if (!after.isReady && before.isReady && !after.isDraining) changes.push({ kind: 'pod-unready' });
  return changes;
}

function envoyChanges(before: typeof NOT_THERE, after: PodState | undefined): PodChange[] {
  if (after === undefined) return [{ kind: 'envoy-gone' }];
  const changes: PodChange[] = [];
  if (isDead(before, after)) changes.push({ kind: 'envoy-died', ...reason(after) });
  if (after.isDraining && !before.isDraining) changes.push({ kind: 'envoy-draining' });
  if (after.isReady && !before.isReady) changes.push({ kind: 'envoy-ready' });
  return changes;
}

/**
 * Its process ended without being asked: it no longer runs, or it runs again and was started once more since. The end
 * counts once: a look that sees the restart already has seen the death if it saw the process away.
 */
function isDead(before: typeof NOT_THERE, after: PodState): boolean {
  if (after.isDraining) return false;
  const stopped = before.isRunning && !after.isRunning;
  const wasReplaced = before.isRunning && after.isRunning && after.restarts > before.restarts;
  return stopped || wasReplaced;
}

function reason({ lastEnd }: PodState): Pick<PodChange, 'detail'> {
  return lastEnd === undefined ? {} : { detail: { reason: lastEnd } };
}
