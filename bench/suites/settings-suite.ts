// What each setting of this project's Envoy costs: the shipped configuration beside copies that lack one thing each.
import { readManifests } from '../../manifest-reader/manifests';
import { oneLoad, SHORT_WARM_UP } from '../plan/sizes';
import { again, type Suite } from '../plan/suite';
import { ourEnvoy } from '../subjects/paths';
import { ALL_OFF, SETTINGS_OFF } from '../subjects/settings-off';
import { envoyBinary } from './paths-suite';
import type { Workshop } from './workshop';

export async function settingsSuite(shop: Workshop): Promise<Suite> {
  const { machine, machineEnv, go, sizes, options } = shop;
  const manifests = readManifests(machine.root);
  const found = await envoyBinary(shop, manifests.envoyVersion, manifests.envoy.image);
  const rows = ({ found: envoy }: Extract<typeof found, { found: unknown }>) => {
    const tools = { goServer: go.server, machineEnv, manifests, envoy };
    const shipped = ourEnvoy(tools, { id: 'envoy', label: "this project's Envoy" });
    const without = [...SETTINGS_OFF, ALL_OFF].map(({ id, label, changes }) =>
      ourEnvoy(tools, {
        id,
        label,
        detail:
          id === ALL_OFF.id
            ? ', all of these changes'
            : `, ${changes.map(({ description }) => description).join('; ')}`,
        changes,
      }),
    );
    return [shipped, again(shipped), ...without];
  };
  const isWanted = ({ id }: { id: string }) => id.startsWith('envoy') || (options.rows?.includes(id) ?? true);
  return {
    id: 'settings',
    base: 'envoy',
    control: 'envoy-again',
    hop: 'proxy',
    subjects: 'found' in found ? rows(found).filter(isWanted) : [],
    skipped: 'found' in found ? [] : [{ label: 'Envoy, all rows', reason: found.reason }],
    loads: oneLoad(sizes),
    rounds: options.rounds ?? sizes.rounds.settings,
    warmUp: SHORT_WARM_UP,
  };
}
