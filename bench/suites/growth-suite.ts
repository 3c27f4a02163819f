// What more endpoints cost an Envoy: health checks, DNS answers and statistics grow with them, the calls stay as they are.
import { oneLoad, SHORT_WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { ourEnvoy, type PathTools } from '../subjects/paths';
import type { Subject } from '../subjects/subject';
import { envoySubjects } from './envoy-subjects';
import type { Workshop } from './workshop';

const FEWEST = 3;
/** A block has about 240 addresses. */
const MORE = [30, 100] as const;

export async function growthSuite(shop: Workshop): Promise<Suite> {
  const { sizes, options } = shop;
  const { subjects, skipped } = await envoySubjects(shop, 'Envoy, all rows', endpointRows);
  return {
    id: 'growth',
    base: `endpoints-${FEWEST}`,
    control: `endpoints-${FEWEST}-again`,
    hop: 'proxy',
    subjects,
    skipped,
    loads: oneLoad(sizes),
    rounds: options.rounds ?? sizes.rounds.growth,
    warmUp: SHORT_WARM_UP,
  };
}

function endpointRows(tools: PathTools): readonly Subject[] {
  const over = (endpoints: number) =>
    ourEnvoy(tools, {
      id: `endpoints-${endpoints}`,
      label: `${endpoints} endpoints`,
      detail: `, ${endpoints} addresses of one server process`,
      endpoints,
    });
  const few = over(FEWEST);
  return [few, again(few), ...MORE.map(over)];
}
