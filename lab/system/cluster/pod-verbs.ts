// The verbs of a cluster's system that see, start and end pods, and the waits that look at pods alone.
import type { EventOf } from '../../records/event';
import type { Pods, Waits } from '../system';
import { waitUntil } from '../wait-until';
import { type ClusterContext, findTier } from './context';
import type { FaultClient } from './fault-client';
import { podsPath } from './objects';
import { killProcess } from './process-killer';
import { restart, untilRolledOut } from './rollout';

/** For the pod that does it to start. */
const KILL_WITHIN_MS = 30_000;

type SignalName = NonNullable<EventOf<'signal'>['detail']>['signal'];

export function createPodVerbs(
  context: ClusterContext,
  faults: FaultClient,
): Pods & Pick<Waits, 'untilReady' | 'untilGone'> {
  const { api, recorder, scaling, watches, signal } = context;
  const recordSignal = (pod: string, name: SignalName) =>
    recorder.event('signal', { subject: pod, detail: { signal: name } });
  const everyPod = () => Object.values(watches).flatMap((watch) => watch.pods());

  const untilGone: Waits['untilGone'] = (names, { withinMs }) => {
    const look = () => {
      const left = everyPod().filter(({ name }) => names.includes(name));
      return left.length === 0 ? undefined : left.map(({ name }) => `${name} is there`).join(', ');
    };
    return waitUntil(`end of ${names.join(', ')}`, look, { withinMs, signal });
  };

  return {
    pods: async (tier) => watches[tier].pods(),
    scale: async (tier, count) => {
      recorder.event('scale', { subject: tier, detail: { from: await scaling.wanted(tier), to: count } });
      await scaling.fix(tier, count);
    },
    aimAutoscaler: (tier, target) => scaling.aim(tier, target),
    releaseAutoscaler: (tier) => scaling.release(tier),
    roll: async (tier, { withinMs }) => {
      const endMs = performance.now() + withinMs;
      const old = watches[tier].pods().map(({ name }) => name);
      recorder.event('roll-start', { subject: tier });
      const target = { namespace: tier, deployment: tier };
      await restart(api, target, new Date());
      await untilRolledOut(api, target, { withinMs, signal });
      await untilGone(old, { withinMs: Math.max(0, endMs - performance.now()) });
      recorder.event('roll-done', { subject: tier });
    },
    remove: async (pod) => {
      const tier = findTier(context, pod);
      recordSignal(pod, 'SIGTERM');
      await api.send('DELETE', `${podsPath(tier)}/${pod}`);
    },
    crash: async (pod) => {
      const tier = findTier(context, pod);
      if (tier === 'grpc-server') {
        recordSignal(pod, 'SIGKILL');
        return faults.abort(pod);
      }
      const victim = { namespace: tier, pod, program: tier };
      const atMs = await killProcess(api, victim, { withinMs: KILL_WITHIN_MS, signal });
      recorder.event('signal', { subject: pod, detail: { signal: 'SIGKILL' }, atMs });
      // A new pod at once, in place of a container that would be restarted ever later.
      await api.send('DELETE', `${podsPath(tier)}/${pod}?gracePeriodSeconds=0`);
    },
    freeze: async (pod, forMs) => {
      if (findTier(context, pod) !== 'grpc-server') {
        throw new Error(`cannot freeze ${pod}: expected a server, since only servers have a fault endpoint`);
      }
      recordSignal(pod, 'SIGSTOP');
      await faults.freeze(pod, forMs);
      recordSignal(pod, 'SIGCONT');
    },
    untilReady: (tier, count, { withinMs }) => {
      const look = () => {
        const pods = watches[tier].pods();
        if (pods.length === count && pods.every(({ isReady, isDraining }) => isReady && !isDraining)) return undefined;
        const words = pods.map(
          ({ name, isReady, isDraining }) => `${name} ${isDraining ? 'draining' : isReady ? 'ready' : 'not ready'}`,
        );
        return `there are ${words.join(', ') || 'none'}`;
      };
      return waitUntil(`${count} ready pods of ${tier} and no other`, look, { withinMs, signal });
    },
    untilGone,
  };
}
