// Hands the numbers of pods over to the autoscalers, and waits for what they make of a load.
import { replicasFor } from '../../manifest-reader/autoscaler';
import type { RunContext } from '../experiment';
import type { Tier } from '../records/event';
import type { Deadline, System } from '../system/system';

/**
 * Calls/s per pod. Not those of the YAML, which are so low that scaling can be seen by hand: at 0.3 calls/s half a minute
 * has nine calls of a pod, the metric is off by up to 15 %, and the autoscaler ignores 10 %.
 */
const TARGETS: Readonly<Record<Tier, number>> = { 'grpc-server': 20, envoy: 38 };
const TIERS = Object.keys(TARGETS) as readonly Tier[];
const POLL_MS = 2000;
/** An autoscaler looks every 15 s, and what it says must be of a look after the load ended. */
const CALM_POLLS = 10;
const LOOK_POLL_MS = 500;
/** Two looks: one may have seen what the one before it saw. */
const LOOK_POLLS = 60;
/** The two minutes that it remembers, the half a minute of the metric, a look, and as much again. */
const MOST_POLLS = 150;
/** Where no autoscaler acts: the metric's window of 30 s, and two scrapes. */
const WHOLE_WINDOW_MS = 40_000;

/** Makes the autoscalers count with targets at which counting is exact. To be done while the numbers of pods are fixed. */
export async function aimAutoscalers(system: System): Promise<void> {
  for (const tier of TIERS) await system.aimAutoscaler(tier, TARGETS[tier]);
}

/**
 * Releases the autoscalers once they would ask for no more pods than there are: they remember loads that came before,
 * and would follow those first.
 * @throws Error when they still ask for more after five minutes
 */
export async function releaseWhenCalm(system: System, { pause }: Pick<RunContext, 'pause'>): Promise<void> {
  let calmPolls = 0;
  for (let polls = 0; calmPolls < CALM_POLLS; polls += 1) {
    const states = await Promise.all(TIERS.map((tier) => system.autoscaler(tier)));
    if (states.some((state) => state?.isActing === false)) break;
    calmPolls = states.some((state) => state?.wantsMore) ? 0 : calmPolls + 1;
    if (polls > MOST_POLLS) throw new Error('cannot release the autoscalers: they ask for more pods than there are');
    await pause(POLL_MS);
  }
  for (const tier of TIERS) await system.releaseAutoscaler(tier);
}

/**
 * Waits until the autoscaler of the servers has looked, so that each run waits as long for its next looks, whenever it
 * begins. Gives up silently, and where nothing acts on what the autoscaler says there are no looks.
 */
export async function untilLooked(system: System, { pause }: Pick<RunContext, 'pause'>): Promise<void> {
  const before = await system.autoscaler('grpc-server');
  if (!before?.isActing) return;
  for (let polls = 0; polls < LOOK_POLLS; polls += 1) {
    await pause(LOOK_POLL_MS);
    if ((await system.autoscaler('grpc-server'))?.metric !== before.metric) return;
  }
}

/**
 * Waits until there are as many servers, ready, as this load asks for, by the autoscaler's doing. Where nothing acts on
 * what it says, this does. Gives up silently: how many there were is in the data.
 */
export async function untilAutoscaled(
  system: System,
  { pause }: Pick<RunContext, 'pause'>,
  callsPerSecond: number,
  deadline: Deadline,
): Promise<void> {
  const state = await system.autoscaler('grpc-server');
  if (state === undefined) throw new Error('cannot wait for the autoscaler: there is none');
  if (!state.isActing) {
    await pause(WHOLE_WINDOW_MS);
    const { desiredReplicas } = (await system.autoscaler('grpc-server')) ?? state;
    await system.scale('grpc-server', desiredReplicas);
  }
  const wanted = replicasFor(callsPerSecond, state);
  await system.untilReady('grpc-server', wanted, deadline).catch(() => undefined);
}
