// What the hop costs: the same calls without a proxy, through this project's Envoy, and through others.
import { pathLoads, SHORT_WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { CADDY, findDebianProgram, HAPROXY, NGINX } from '../programs/debian-programs';
import { direct, OTHER_CODEC, otherEnvoy, otherProxy, ourEnvoy, type PathTools } from '../subjects/paths';
import type { Skipped, Subject } from '../subjects/subject';
import { envoySubjects } from './envoy-subjects';
import type { Workshop } from './workshop';

const OTHERS = [
  { id: 'haproxy', label: 'HAProxy', program: HAPROXY },
  { id: 'nginx', label: 'nginx', program: NGINX },
  { id: 'caddy', label: 'Caddy', program: CADDY },
] as const;

export async function pathsSuite(shop: Workshop): Promise<Suite> {
  const { machine, sizes, options, run, say } = shop;
  const ofEnvoy = await envoySubjects(shop, 'Envoy, all rows', envoyRows);
  const { tools } = ofEnvoy;
  const subjects: Subject[] = [...ofEnvoy.subjects];
  const skipped: Skipped[] = [...ofEnvoy.skipped];
  for (const { id, label, program } of OTHERS) {
    if (options.rows !== undefined && !options.rows.includes(id)) continue;
    const found = await findDebianProgram(program, machine.env, run, say);
    if (found.ok) subjects.push(otherProxy(tools, { id, label, ...found }));
    else skipped.push({ label, reason: found.reason });
  }
  const base = subjects[0]?.id ?? 'direct';
  const control = subjects[1]?.id ?? base;
  const isWanted = ({ id }: Subject) => id === base || id === control || (options.rows?.includes(id) ?? true);
  return {
    id: 'paths',
    base,
    control,
    hop: 'proxy',
    subjects: [...subjects, direct(tools)].filter(isWanted),
    skipped,
    loads: pathLoads(sizes),
    rounds: options.rounds ?? sizes.rounds.paths,
    warmUp: SHORT_WARM_UP,
  };
}

function envoyRows(tools: PathTools): readonly Subject[] {
  const ours = ourEnvoy(tools, { id: 'envoy', label: "this project's Envoy" });
  const codec = {
    id: 'envoy-nghttp2',
    label: 'the same with nghttp2',
    detail: ', parsed by nghttp2',
    changes: [OTHER_CODEC],
  };
  return [ours, again(ours), otherEnvoy(tools, 'minimal'), otherEnvoy(tools, 'tutorial'), ourEnvoy(tools, codec)];
}
