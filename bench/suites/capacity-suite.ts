// How much one pod carries: rates that rise until a server, or an Envoy, no longer answers in time.
import { ladderLoads, WARM_UP } from '../plan/sizes';
import type { Suite } from '../plan/suite';
import { ourEnvoy } from '../subjects/paths';
import { ourServer } from '../subjects/servers';
import { envoySubjects } from './envoy-subjects';
import type { Workshop } from './workshop';

export async function capacitySuite(shop: Workshop): Promise<Suite> {
  const { machine, machineEnv, node, sizes, options } = shop;
  const server = ourServer({ id: 'ours', label: 'this project', root: machine.root, env: {} }, node, machineEnv);
  const { subjects, skipped } = await envoySubjects(shop, 'Envoy', (tools) => [
    ourEnvoy(tools, { id: 'envoy', label: "this project's Envoy" }),
  ]);
  return {
    id: 'capacity',
    base: server.id,
    control: server.id,
    hop: 'server',
    isLadder: true,
    subjects: [server, ...subjects],
    skipped,
    loads: ladderLoads(sizes),
    rounds: options.rounds ?? sizes.rounds.capacity,
    warmUp: WARM_UP,
  };
}
