// Finds the configurations of Envoy in the input, and the containers that run each.
import type { Placed } from '../../../manifest-reader/positions/placed';
import { readProgramText } from '../../../manifest-reader/positions/read-placed';
import { isEnvoyBootstrap } from '../../input/envoy-text';
import type { ManifestObject } from '../../input/manifest-object';
import type { Container, Workload } from '../workload';
import { type Envoy, type EnvoyPod, readEnvoy } from './envoy';

/** @param report gets a sentence for each text that should be a configuration of Envoy, and cannot be read */
export function findEnvoys(
  objects: readonly ManifestObject[],
  files: readonly Placed[],
  workloads: readonly Workload[],
  report: (problem: string) => void,
): readonly Envoy[] {
  const carried = objects.filter(isCarrier).flatMap((object) => {
    const pods = podsThatMount(object, workloads);
    return carriedTexts(object).flatMap(([key, text]) => {
      const document = readText(text, `${object.label} (${key})`, report);
      return document === undefined ? [] : [readEnvoy({ document, object, label: `${object.label} (${key})`, pods })];
    });
  });
  const inline = workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => inlineConfigs(workload, container, report)),
  );
  // A file of its own says nothing about who runs it.
  const own = files.map((document) => readEnvoy({ document, object: undefined, label: document.place.file, pods: [] }));
  return [...carried, ...inline, ...own];
}

function isCarrier({ kind }: ManifestObject): boolean {
  return kind === 'ConfigMap' || kind === 'Secret';
}

function carriedTexts({ kind, at }: ManifestObject): readonly (readonly [string, Placed])[] {
  return at.get(kind === 'Secret' ? 'stringData' : 'data').entries();
}

/** The top of a bootstrap, in YAML or in JSON. */
const LOOKS_LIKE = /(?:^|[{,])\s*["']?(static_resources|staticResources|dynamic_resources|dynamicResources)["']?\s*:/m;

function readText(at: Placed, label: string, report: (problem: string) => void): Placed | undefined {
  const text = at.text();
  if (text === undefined || !LOOKS_LIKE.test(text)) return undefined;
  try {
    const document = readProgramText(text, (line) => at.placeOfLine(line));
    return isEnvoyBootstrap(document) ? document : undefined;
  } catch (thrown) {
    const why = (thrown as Error).message.split('\n')[0];
    report(`${at.place.file}:${at.place.line}: ${label} looks like Envoy's configuration and is no YAML: ${why}`);
    return undefined;
  }
}

/** Volumes name the ConfigMap or Secret, alone or among others (projected). */
function podsThatMount({ kind, name, namespace }: ManifestObject, workloads: readonly Workload[]): readonly EnvoyPod[] {
  return workloads
    .filter(({ object }) => object.namespace === namespace)
    .flatMap((workload) => {
      const volumes = workload.podSpec
        .get('volumes')
        .items()
        .filter((volume) => volumeHolds(volume, kind, name));
      const names = volumes.map((volume) => volume.get('name').value);
      const mounting = workload.containers.filter(({ at }) =>
        at
          .get('volumeMounts')
          .items()
          .some((mount) => names.includes(mount.get('name').value)),
      );
      const container = mounting.find(({ image }) => /envoy/.test(image)) ?? mounting[0];
      return container === undefined ? [] : [{ workload, container }];
    });
}

function volumeHolds(volume: Placed, kind: string, name: string): boolean {
  const sources = [volume, ...volume.get('projected', 'sources').items()];
  return sources.some((source) =>
    kind === 'Secret'
      ? source.get('secret', 'secretName').value === name || source.get('secret', 'name').value === name
      : source.get('configMap', 'name').value === name,
  );
}

function inlineConfigs(workload: Workload, container: Container, report: (problem: string) => void): readonly Envoy[] {
  const words = [...container.at.get('command').items(), ...container.at.get('args').items()];
  const at = words[words.findIndex(({ value }) => value === '--config-yaml') + 1];
  const label = `${workload.object.label} (--config-yaml)`;
  if (at === undefined || !words.some(({ value }) => value === '--config-yaml')) return [];
  const document = readText(at, label, report);
  const pods = [{ workload, container }];
  return document === undefined ? [] : [readEnvoy({ document, object: workload.object, label, pods })];
}
