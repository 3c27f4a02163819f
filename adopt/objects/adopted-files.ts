// Everything that is written for the user's services, as text by path. The same services and the same shipped YAML always
// give the same files.
import { CHECKSUM_ANNOTATION, configChecksum, configMapsOf } from '../../manifest-reader/config-checksum';
import { folderOf } from '../service/names';
import type { Service } from '../service/service';
import { renameInComments } from '../yaml-text/comments';
import { YamlText } from '../yaml-text/yaml-text';
import { commentWords, ownCommentWords } from './comment-words';
import { grafanaFolder } from './dashboards';
import { deploymentPatch } from './deployment-patch';
import { envoyFolder } from './envoy-folder';
import { patchText } from './patch-text';
import { deploymentBefore, patchedDeployment, saysReplicas } from './patched-deployment';
import { prometheusFolder } from './prometheus-folder';
import { serviceFolder } from './service-folder';
import type { ShippedFiles } from './shipped-files';

/** Text by path, relative to the folder that is written. */
export type Files = ReadonlyMap<string, string>;

/**
 * Where the changes of the Deployment lie in the folder of a service: `kubectl apply -f FOLDER/` does not look there. Two of
 * them are no objects to apply, so their names do not end as those of manifests.
 */
const PATCH = {
  patch: 'patch/deployment.patch',
  deployment: 'patch/deployment.yaml',
  before: 'patch/deployment.last-applied',
} as const;

/** @throws YamlTextError when the shipped YAML does not look as expected */
export function adoptedFiles(shipped: ShippedFiles, services: readonly Service[]): Files {
  const files = new Map<string, string>();
  const words = commentWords(services);
  const folders = [envoyFolder, prometheusFolder, grafanaFolder].map((folder) => folder(shipped, services));
  for (const texts of folders) {
    // Comments inside a ConfigMap are its content, so they change before it is summed up.
    const renamed = texts.map(({ name, text }) => new YamlText(name, renameInComments(text, words)));
    writeChecksums(renamed);
    for (const { name, text } of renamed) files.set(name, text);
  }
  for (const service of services) {
    const folder = folderOf(service, services);
    const ownWords = ownCommentWords(services, service);
    for (const { file, text } of serviceFolder(shipped, service)) {
      files.set(`${folder}/${file}`, renameInComments(text.text, ownWords));
    }
    const patch = deploymentPatch(shipped, service);
    files.set(`${folder}/${PATCH.patch}`, patchText(service, patch));
    if (service.deployment !== undefined) {
      files.set(`${folder}/${PATCH.deployment}`, patchedDeployment(service.deployment, service.namespace, patch));
      if (saysReplicas(service.deployment)) {
        files.set(`${folder}/${PATCH.before}`, deploymentBefore(service.deployment, service.namespace));
      }
    }
  }
  return files;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: { readonly template: Parameters<typeof configMapsOf>[0] };
}

/** A changed ConfigMap rolls the pods that read it. */
function writeChecksums(texts: readonly YamlText[]): void {
  const objects = texts.map((text) => ({ text, object: text.value([]) as Manifest }));
  const configMaps = objects.filter(({ object }) => object.kind === 'ConfigMap').map(({ object }) => object);
  for (const { text, object } of objects) {
    const annotation = ['spec', 'template', 'metadata', 'annotations', CHECKSUM_ANNOTATION] as const;
    if (object.kind !== 'Deployment' || !text.has(annotation)) continue;
    const names = configMapsOf(object.spec.template);
    text.set(annotation, configChecksum(configMaps.filter(({ metadata }) => names.includes(metadata.name))));
  }
}
