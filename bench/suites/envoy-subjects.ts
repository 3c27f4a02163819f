// Rows that need this project's Envoy: made where it is found, skipped with the reason where it is not.
import { describeSearch, type EnvoySource, findEnvoy } from '../../local/envoy/envoy-binary';
import { type Manifests, readManifests } from '../../manifest-reader/manifests';
import type { PathTools } from '../subjects/paths';
import type { Skipped, Subject } from '../subjects/subject';
import type { Workshop } from './workshop';

export interface EnvoySubjects {
  /** What rows without Envoy need as well. */
  readonly tools: Omit<PathTools, 'envoy'>;
  readonly subjects: readonly Subject[];
  readonly skipped: readonly Skipped[];
}

/** @param label what the rows are called where they are skipped */
export async function envoySubjects(
  shop: Workshop,
  label: string,
  make: (tools: PathTools) => readonly Subject[],
): Promise<EnvoySubjects> {
  const { machine, machineEnv, go } = shop;
  const manifests = readManifests(machine.root);
  const tools = { goServer: go.server, machineEnv, manifests };
  const envoy = await envoyBinary(shop, manifests);
  if ('reason' in envoy) return { tools, subjects: [], skipped: [{ label, reason: envoy.reason }] };
  return { tools, subjects: make({ ...tools, envoy: envoy.found }), skipped: [] };
}

type Binary = Extract<EnvoySource, { kind: 'binary' }>;

/** Processes in a container are not this machine's to count, so Docker does not do. */
async function envoyBinary(
  { machine: { env, platform }, run, say }: Workshop,
  { envoyVersion: version, envoy: { image } }: Manifests,
): Promise<{ readonly found: Binary } | { readonly reason: string }> {
  const search = await findEnvoy({ version, image, env, platform, run, log: say });
  if (!search.ok) return { reason: describeSearch(version, search.tried) };
  if (search.envoy.kind !== 'binary')
    return { reason: 'only a container was found, whose CPU time is not told per process' };
  return { found: search.envoy };
}
