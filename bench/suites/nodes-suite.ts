// What the version of Node.js makes of it: this project's server and bare grpc-js on each.
import { serverLoads, WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { NODE_VERSIONS } from '../programs/node-programs';
import { ourServer, peerServer } from '../subjects/servers';
import type { Skipped, Subject } from '../subjects/subject';
import type { Workshop } from './workshop';

export async function nodesSuite(shop: Workshop): Promise<Suite> {
  const { machine, machineEnv, peers, sizes, options } = shop;
  const skipped: Skipped[] = peers.ok ? [] : [{ label: 'bare grpc-js', reason: peers.reason }];
  const subjects: Subject[] = [];
  for (const version of NODE_VERSIONS) {
    const found = await shop.findNode(version);
    const major = version.split('.')[0];
    if (!found.ok) {
      skipped.push({ label: `Node ${major}`, reason: found.reason });
      continue;
    }
    const named = { id: `ours-${major}`, label: `this project, Node ${major}`, root: machine.root, env: {} };
    subjects.push(ourServer(named, found.node, machineEnv));
    const bare = peers.ok ? peers.peers.find(({ id }) => id === 'bare') : undefined;
    if (peers.ok && bare !== undefined) {
      const place = { root: machine.root, modules: peers.modules };
      const renamed = { ...bare, id: `bare-${major}`, label: `${bare.label}, Node ${major}` };
      subjects.push(peerServer(renamed, found.node, place, machineEnv));
    }
  }
  const base = subjects[0];
  if (base === undefined) throw new Error('nodes: no version of Node.js could be had');
  const isWanted = ({ id }: Subject) => options.rows?.includes(id) ?? true;
  return {
    id: 'nodes',
    base: base.id,
    control: again(base).id,
    hop: 'server',
    subjects: [base, again(base), ...subjects.slice(1).filter(isWanted)],
    skipped,
    loads: serverLoads(sizes),
    rounds: options.rounds ?? sizes.rounds.nodes,
    warmUp: WARM_UP,
  };
}
