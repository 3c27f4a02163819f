// What the server costs: this project's beside its peers, asked directly.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { StartError } from '../../runtime/errors';
import type { ExtraServer } from '../command-line';
import { serverLoads, WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { goServer, ourServer, peerServer } from '../subjects/servers';
import type { Skipped, Subject } from '../subjects/subject';
import type { Workshop } from './workshop';

export async function serversSuite(shop: Workshop): Promise<Suite> {
  const { machine, machineEnv, peers, node, go, sizes, options } = shop;
  const ours = ourServer({ id: 'ours', label: 'this project', root: machine.root, env: {} }, node, machineEnv);
  const longRoad = { id: 'ours-long-road', label: 'this project, all by grpc-js', root: machine.root };
  const long = ourServer({ ...longRoad, env: { SHORT_ROAD: 'false' } }, node, machineEnv);
  const skipped: Skipped[] = [];
  const subjects: Subject[] = [];
  const place = peers.ok ? { root: machine.root, modules: peers.modules } : undefined;
  if (peers.ok && place !== undefined) {
    subjects.push(...peers.peers.map((peer) => peerServer(peer, node, place, machineEnv)));
  } else if (!peers.ok) skipped.push({ label: 'bare grpc-js and the other peers', reason: peers.reason });
  const base = subjects[0] ?? ours;
  const extra = await Promise.all(options.extra.map((server) => extraServer(server, shop)));
  const others = subjects.slice(1);
  const all = [base, again(base), ...(base === ours ? [] : [ours]), long, ...extra, ...others];
  const mark = goServer(go.server, go.grpcVersion, machineEnv);
  const added = new Set(extra.map(({ id }) => id));
  const isWanted = ({ id }: Subject) => options.rows?.includes(id) ?? true;
  const always = [base.id, again(base).id];
  return {
    id: 'servers',
    base: base.id,
    control: again(base).id,
    hop: 'server',
    subjects: [...all, mark].filter((each) => always.includes(each.id) || added.has(each.id) || isWanted(each)),
    skipped,
    loads: serverLoads(sizes),
    rounds: options.rounds ?? sizes.rounds.servers,
    warmUp: WARM_UP,
  };
}

/** @throws StartError when its checkout or its Node.js cannot be used */
async function extraServer({ name, root, node, env }: ExtraServer, shop: Workshop): Promise<Subject> {
  const folder = root === undefined ? shop.machine.root : path.resolve(root);
  for (const needed of ['server/main.ts', 'node_modules']) {
    if (existsSync(path.join(folder, needed))) continue;
    throw new StartError(`${name}: expected a checkout of this project with its packages installed, got ${folder}`);
  }
  const found = node === undefined ? { ok: true as const, node: shop.node } : await shop.findNode(node);
  if (!found.ok) throw new StartError(`${name}: Node ${node} cannot be had: ${found.reason}`);
  await shop.build(folder);
  const subject = ourServer({ id: name, label: name, root: folder, env }, found.node, shop.machineEnv);
  return root === undefined ? subject : { ...subject, detail: `${subject.detail}, the checkout that root= names` };
}
