// How much one pod carries: rates that rise until a server, or an Envoy, no longer answers in time.
import { readManifests } from '../../manifest-reader/manifests';
import { ladderLoads, WARM_UP } from '../plan/sizes';
import type { Suite } from '../plan/suite';
import { ourEnvoy } from '../subjects/paths';
import { ourServer } from '../subjects/servers';
import type { Skipped, Subject } from '../subjects/subject';
import { envoyBinary } from './paths-suite';
import type { Workshop } from './workshop';

export async function capacitySuite(shop: Workshop): Promise<Suite> {
  const { machine, machineEnv, node, go, sizes, options } = shop;
  const server = ourServer({ id: 'ours', label: 'this project', root: machine.root, env: {} }, node, machineEnv);
  const manifests = readManifests(machine.root);
  const envoy = await envoyBinary(shop, manifests.envoyVersion, manifests.envoy.image);
  const skipped: Skipped[] = 'reason' in envoy ? [{ label: 'Envoy', reason: envoy.reason }] : [];
  const tools = { goServer: go.server, machineEnv, manifests };
  const subjects: Subject[] = [server];
  if ('found' in envoy) {
    subjects.push(ourEnvoy({ ...tools, envoy: envoy.found }, { id: 'envoy', label: "this project's Envoy" }));
  }
  return {
    id: 'capacity',
    base: server.id,
    control: server.id,
    hop: 'server',
    isLadder: true,
    subjects,
    skipped,
    loads: ladderLoads(sizes),
    rounds: options.rounds ?? sizes.rounds.capacity,
    warmUp: WARM_UP,
  };
}
