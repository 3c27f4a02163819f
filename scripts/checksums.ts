// `npm run checksums`: writes the checksum of the ConfigMaps that a Deployment's pods read into its pod template.
// Run it after an edit of a ConfigMap; tests/manifests/lifecycle.test.ts fails until then.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { CHECKSUM_ANNOTATION, configChecksum, configMapsOf } from '../manifest-reader/config-checksum';
import { parseOneKubernetesYaml } from '../manifest-reader/kubernetes-yaml';

const ROOT = path.join(__dirname, '..');
const LINE = new RegExp(`^( +${CHECKSUM_ANNOTATION}: )"[^"]*"`, 'm');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: { readonly template: Parameters<typeof configMapsOf>[0] };
}

function main(): void {
  const folders = readdirSync(ROOT).filter((name) => name.endsWith('_k8s'));
  for (const folder of folders) updateFolder(path.join(ROOT, folder));
}

function updateFolder(folder: string): void {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const objects = files.map((name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    return { file: path.join(folder, name), text, object: parseOneKubernetesYaml(text) as Manifest };
  });
  const configMaps = objects.filter(({ object }) => object.kind === 'ConfigMap').map(({ object }) => object);
  for (const { file, text, object } of objects) {
    if (object.kind !== 'Deployment') continue;
    const names = configMapsOf(object.spec.template);
    if (names.length === 0) continue;
    const read = names.map((name) => {
      const found = configMaps.find(({ metadata }) => metadata.name === name);
      if (found === undefined) throw new Error(`${file}: expected a ConfigMap ${name} in the same folder`);
      return found;
    });
    if (!LINE.test(text)) throw new Error(`${file}: expected a line '${CHECKSUM_ANNOTATION}: "…"' in the pod template`);
    const updated = text.replace(LINE, `$1"${configChecksum(read)}"`);
    if (updated === text) continue;
    writeFileSync(file, updated);
    process.stdout.write(`updated ${path.relative(ROOT, file)}\n`);
  }
}

main();
