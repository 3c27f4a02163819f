// The run that the picture of both lanes is drawn from: two loads of the same rate at the same time, one through the
// Envoys, one on a connection to the servers' cluster IP; after a while there are more servers.
import type { Recorder } from '../lab/records/recorder';
import type { System } from '../lab/system/system';

export interface LanesSizes {
  /** Servers at first, and later. */
  readonly pods: number;
  readonly morePods: number;
  /** Of each lane. */
  readonly callsPerSecond: number;
  /** How long each number of servers is watched, s. */
  readonly seconds: number;
  readonly [size: string]: number;
}

export const LANES_SIZES: LanesSizes = { pods: 3, morePods: 5, callsPerSecond: 120, seconds: 10 };

export const DIRECT = 'without-envoy';
export const BALANCED = 'with-envoy';
/** Between the first two, more servers start; the last one has no calls. */
export const PHASES = { few: 'few pods', change: 'more pods start', many: 'more pods', end: 'end' } as const;

const WAIT = { withinMs: 60_000 };

export async function runLanes(
  system: System,
  recorder: Recorder,
  { pods, morePods, callsPerSecond: ratePerSecond, seconds }: LanesSizes,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  await system.settle({ servers: pods, envoys: system.shipped.envoys }, WAIT);
  const loads = await Promise.all([
    system.startLoad({ name: DIRECT, target: 'server-service', ratePerSecond }),
    system.startLoad({ name: BALANCED, target: 'envoys', ratePerSecond }),
  ]);
  recorder.phase(PHASES.few);
  await pause(seconds * 1000);
  recorder.phase(PHASES.change);
  await system.scale('grpc-server', morePods);
  await system.untilReady('grpc-server', morePods, WAIT);
  await system.untilRouted(morePods, WAIT);
  recorder.phase(PHASES.many);
  await pause(seconds * 1000);
  recorder.phase(PHASES.end);
  await Promise.all(loads.map((load) => load.stop()));
}
