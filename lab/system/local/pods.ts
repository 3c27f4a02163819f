// The verbs of a local system that see, start and end pods.
import { toError } from '../../../runtime/errors';
import { delay } from '../../../runtime/lifecycle';
import type { Pods } from '../system';
import { waitUntil, withinDeadline } from '../wait-until';
import { deploymentOf, findPod, type LocalContext, type SignalName, tierOfPod } from './context';
import type { EventRecording } from './event-recording';

export function createPods(
  context: LocalContext,
  recording: Pick<EventRecording, 'replicas'>,
): Omit<Pods, 'aimAutoscaler'> {
  const { recorder, signal: closing } = context;
  /** What goes on after a verb has resolved must not end the run by itself: the waits will not see what they wait for. */
  const inBackground = (what: string, work: Promise<void>) => {
    work.catch((thrown: unknown) => {
      if (!closing.aborted) recorder.note(`${what}: ${toError(thrown).message.split('\n')[0]}`);
    });
  };
  const recordSignal = (pod: string, signal: SignalName) =>
    recorder.event('signal', { subject: pod, detail: { signal } });

  return {
    pods: async (tier) =>
      deploymentOf(context, tier)
        .pods()
        .map(({ name, state }) => ({ name, tier, isReady: state === 'ready', isDraining: state === 'draining' })),
    scale: async (tier, count) => {
      const deployment = deploymentOf(context, tier);
      recorder.event('scale', { subject: tier, detail: { from: deployment.replicas, to: count } });
      inBackground(`scaling ${tier} to ${count}`, deployment.scale(count));
      recording.replicas(tier);
    },
    releaseAutoscaler: async () => {},
    roll: async (tier, deadline) => {
      const deployment = deploymentOf(context, tier);
      const what = `rolling restart of ${tier}`;
      const endMs = performance.now() + deadline.withinMs;
      recorder.event('roll-start', { subject: tier });
      await withinDeadline(what, deployment.roll(), { ...deadline, signal: closing });
      const withinMs = Math.max(0, endMs - performance.now());
      await withinDeadline(what, deployment.settled(), { withinMs, signal: closing });
      recorder.event('roll-done', { subject: tier });
    },
    remove: async (pod) => {
      findPod(context, pod);
      recordSignal(pod, 'SIGTERM');
      inBackground(`ending ${pod}`, deploymentOf(context, tierOfPod(context, pod)).remove(pod));
    },
    crash: async (pod) => {
      findPod(context, pod);
      recordSignal(pod, 'SIGKILL');
      await deploymentOf(context, tierOfPod(context, pod)).kill(pod);
    },
    freeze: async (pod, forMs) => {
      const frozen = findPod(context, pod);
      recordSignal(pod, 'SIGSTOP');
      frozen.signal('SIGSTOP');
      await delay(forMs, closing);
      frozen.signal('SIGCONT');
      recordSignal(pod, 'SIGCONT');
    },
  };
}

/** The waits that look at pods alone. */
export function createPodWaits(context: LocalContext) {
  const { signal } = context;
  return {
    untilReady: (tier: Parameters<Pods['pods']>[0], count: number, { withinMs }: { readonly withinMs: number }) => {
      const deployment = deploymentOf(context, tier);
      const look = () => {
        const pods = deployment.pods();
        const isSo = pods.length === count && pods.every(({ state }) => state === 'ready');
        return isSo ? undefined : `there are ${pods.map(({ name, state }) => `${name} ${state}`).join(', ') || 'none'}`;
      };
      return waitUntil(`${count} ready pods of ${tier} and no other`, look, { withinMs, signal });
    },
    untilGone: (names: readonly string[], { withinMs }: { readonly withinMs: number }) => {
      const look = () => {
        const all = [...context.stack.servers.pods(), ...context.stack.envoys.pods()];
        const left = all.filter(({ name }) => names.includes(name));
        return left.length === 0 ? undefined : left.map(({ name, state }) => `${name} is ${state}`).join(', ');
      };
      return waitUntil(`end of ${names.join(', ')}`, look, { withinMs, signal });
    },
  };
}
