// What more endpoints cost an Envoy: health checks, DNS answers and statistics grow with them, the calls stay as they are.
import { readManifests } from '../../manifest-reader/manifests';
import { oneLoad, SHORT_WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { ourEnvoy } from '../subjects/paths';
import { envoyBinary } from './paths-suite';
import type { Workshop } from './workshop';

/** The shipped replicas first; a block has about 240 addresses. */
const ENDPOINTS = [3, 30, 100] as const;

export async function growthSuite(shop: Workshop): Promise<Suite> {
  const { machine, machineEnv, go, sizes, options } = shop;
  const manifests = readManifests(machine.root);
  const found = await envoyBinary(shop, manifests.envoyVersion, manifests.envoy.image);
  const rows = ({ found: envoy }: Extract<typeof found, { found: unknown }>) =>
    ENDPOINTS.map((endpoints) =>
      ourEnvoy(
        { goServer: go.server, machineEnv, manifests, envoy },
        {
          id: `endpoints-${endpoints}`,
          label: `${endpoints} endpoints`,
          detail: `, ${endpoints} addresses of one server process`,
          endpoints,
        },
      ),
    );
  const subjects = 'found' in found ? rows(found) : [];
  const [first] = subjects;
  return {
    id: 'growth',
    base: `endpoints-${ENDPOINTS[0]}`,
    control: `endpoints-${ENDPOINTS[0]}-again`,
    hop: 'proxy',
    subjects: first === undefined ? [] : [first, again(first), ...subjects.slice(1)],
    skipped: 'found' in found ? [] : [{ label: 'Envoy, all rows', reason: found.reason }],
    loads: oneLoad(sizes),
    rounds: options.rounds ?? sizes.rounds.growth,
    warmUp: SHORT_WARM_UP,
  };
}
