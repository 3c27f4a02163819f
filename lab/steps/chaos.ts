// Single disturbances of the servers and of DNS, and their order. Each is over when the system is whole again.
import type { RunContext } from '../experiment';
import { type Random, randomInteger, shuffled } from '../statistics/seeded-random';
import type { System } from '../system/system';
import { POD_CHANGE, ROLLING, ROUTING } from './waits';

export const CHAOS = ['kill', 'stop', 'scale', 'dns-servfail', 'dns-silence', 'delete', 'roll'] as const;
export type ChaosStep = (typeof CHAOS)[number];

const STOP_MS = 6000;
const DNS_FAULT_MS = 5000;

/** Without end: each kind once in random order, then all again in another one. */
export function* chaosOrder(random: Random): Generator<ChaosStep> {
  for (;;) yield* shuffled(random, CHAOS);
}

export async function disturb(
  system: System,
  { random, pause }: Pick<RunContext, 'random' | 'pause'>,
  step: ChaosStep,
): Promise<void> {
  const { servers } = system.shipped;
  switch (step) {
    case 'kill':
      await system.crash(await anyServer(system, random));
      // The moment at which it is missed: until then it still counts as ready.
      await pause(2000);
      break;
    case 'stop':
      await system.freeze(await anyServer(system, random), STOP_MS);
      break;
    case 'scale':
      await system.scale('grpc-server', servers + 1 + randomInteger(random, 3));
      await pause(4000 + 4000 * random());
      await system.scale('grpc-server', servers);
      break;
    case 'dns-servfail':
    case 'dns-silence':
      await system.setDnsFault(step === 'dns-servfail' ? 'servfail' : 'silence');
      await pause(DNS_FAULT_MS);
      await system.setDnsFault(undefined);
      break;
    case 'delete':
      await system.remove(await anyServer(system, random));
      await pause(1000);
      break;
    case 'roll':
      await system.roll('grpc-server', ROLLING);
      break;
  }
  await system.untilReady('grpc-server', servers, POD_CHANGE);
  await system.untilRouted(servers, ROUTING);
  await pause(1000 + 1000 * random());
}

async function anyServer(system: System, random: Random): Promise<string> {
  const pods = (await system.pods('grpc-server')).filter(({ isReady, isDraining }) => isReady && !isDraining);
  const pod = pods[randomInteger(random, pods.length)];
  if (pod === undefined) throw new Error('cannot disturb a server pod: none is ready');
  return pod.name;
}
