// What each setting of this project's Envoy costs: the shipped configuration beside copies that lack one thing each.
import { oneLoad, SHORT_WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { ourEnvoy, type PathTools } from '../subjects/paths';
import { ALL_OFF, SETTINGS_OFF } from '../subjects/settings-off';
import type { Subject } from '../subjects/subject';
import { envoySubjects } from './envoy-subjects';
import type { Workshop } from './workshop';

const BASE = 'envoy';

export async function settingsSuite(shop: Workshop): Promise<Suite> {
  const { sizes, options } = shop;
  const { subjects, skipped } = await envoySubjects(shop, 'Envoy, all rows', settingRows);
  const isWanted = ({ id }: Subject) => id.startsWith(BASE) || (options.rows?.includes(id) ?? true);
  return {
    id: 'settings',
    base: BASE,
    control: `${BASE}-again`,
    hop: 'proxy',
    subjects: subjects.filter(isWanted),
    skipped,
    loads: oneLoad(sizes),
    rounds: options.rounds ?? sizes.rounds.settings,
    warmUp: SHORT_WARM_UP,
  };
}

function settingRows(tools: PathTools): readonly Subject[] {
  const shipped = ourEnvoy(tools, { id: BASE, label: "this project's Envoy" });
  const without = SETTINGS_OFF.map(({ id, label, changes }) =>
    ourEnvoy(tools, { id, label, detail: `, ${changes.map(({ description }) => description).join('; ')}`, changes }),
  );
  return [shipped, again(shipped), ...without, ourEnvoy(tools, { ...ALL_OFF, detail: ', all of these changes' })];
}
