// Everything that may happen to Envoys and servers under a client, one after the other, a phase each: Envoys come, leave, die
// and hang, servers leave and die.
import type { RunContext } from '../experiment';
import type { Recorder } from '../records/recorder';
import type { System } from '../system/system';
import { POD_CHANGE, ROLLING, ROUTING } from './waits';

export type BreakingSizes = {
  /** How long a call takes, ms, so that some are in flight whenever something breaks. */
  readonly workMs: number;
  /** With one Envoy more, from its start on; longer than Envoy keeps a connection. */
  readonly steadyMs: number;
  /** How often all Envoys are replaced in order. */
  readonly envoyRolls: number;
  /** Envoys killed, the second and each later one within 20 s of the one before. */
  readonly envoyKills: number;
  /** After the last of these, ms: a library may look up the name once in 30 s. */
  readonly outageMs: number;
  readonly hangMs: number;
  readonly serverKills: number;
};

/** All of it, in turn. Loads must be on; the phases are named as in lab/claims/foreign-clients.ts. */
export async function breakEverything(
  system: System,
  recorder: Recorder,
  { workMs, steadyMs, envoyRolls, envoyKills, outageMs, hangMs, serverKills }: BreakingSizes,
  { pause, random }: RunContext,
): Promise<void> {
  const { servers, envoys } = system.shipped;
  recorder.phase('steady');
  await system.scale('envoy', envoys + 1);
  await pause(steadyMs);
  recorder.phase('envoys-leave');
  await system.scale('envoy', envoys);
  for (let roll = 1; roll <= envoyRolls; roll += 1) await system.roll('envoy', ROLLING);
  await system.untilReady('envoy', envoys, POD_CHANGE);
  recorder.phase('servers-leave');
  await system.roll('grpc-server', ROLLING);
  await system.untilReady('grpc-server', servers, POD_CHANGE);
  await system.untilRouted(servers, ROUTING);
  recorder.phase('servers-die');
  for (let kill = 1; kill <= serverKills; kill += 1) {
    await slowServers(system, workMs);
    await pause(1000 + 1000 * random());
    await system.crash((await oldest(system, 'grpc-server')).name);
    await pause(2000);
    await system.untilReady('grpc-server', servers, POD_CHANGE);
    await system.untilRouted(servers, ROUTING);
  }
  await slowServers(system, workMs);
  recorder.phase('envoy-hangs');
  // What is in flight when it begins to hang belongs to the hang.
  await pause(1000);
  await system.freeze((await oldest(system, 'envoy')).name, hangMs);
  await system.untilReady('envoy', envoys, POD_CHANGE);
  await pause(2000);
  // The last, because a client that knew only Envoys that are dead has to wait until it may look up the name.
  recorder.phase('envoys-die');
  for (let kill = 1; kill <= envoyKills; kill += 1) {
    await pause(2000 + 2000 * random());
    // The oldest: every client has surely found it.
    await system.crash((await oldest(system, 'envoy')).name);
    await system.untilReady('envoy', envoys, POD_CHANGE);
  }
  await pause(outageMs);
}

async function oldest(system: System, tier: 'envoy' | 'grpc-server') {
  const found = (await system.pods(tier)).find(({ isReady, isDraining }) => isReady && !isDraining);
  if (found === undefined) throw new Error(`cannot break a pod of ${tier}: none is ready`);
  return found;
}

/** Makes every server take its time. */
export async function slowServers(system: System, delayMs: number): Promise<void> {
  for (const { name, isReady } of await system.pods('grpc-server')) {
    if (isReady) await system.injectFault(name, { delayMs });
  }
}
