// The files of the `*_k8s` folders, each object as the API server has it.
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Field, field, ManifestError, type Report } from './fields';
import { parseKubernetesYaml } from './kubernetes-yaml';
import { parseYaml } from './yaml-document';

/** What `kubectl apply -f FOLDER` takes, which leaves out folders below. */
const MANIFEST = /\.(yaml|yml|json)$/;

/** The objects directly in `folder`. A file that is not YAML is reported. */
export function readFolder(root: string, folder: string, report: Report): readonly Field[] {
  const files = readdirSync(path.join(root, folder)).filter((name) => MANIFEST.test(name));
  return files.sort().flatMap((name) => readObjects(root, path.join(folder, name), report));
}

/** The one object in `file`. @throws ManifestError when it is not YAML, or has more */
export function readObject(root: string, file: string, report: Report): Field {
  const problems: string[] = [];
  const objects = readObjects(root, file, (problem) => problems.push(problem));
  const [object] = objects;
  if (problems.length > 0) throw new ManifestError(problems);
  if (object === undefined || objects.length > 1) {
    throw new ManifestError([`${file}: expected one object, got ${objects.length}`]);
  }
  return field(file, object.value, report);
}

/**
 * The file that the one ConfigMap in `file` carries under `key`. A program reads this text, and not the API server, so it is
 * YAML as it stands. @throws as readObject(), and the error of YAML
 */
export function readCarriedFile(root: string, file: string, key: string, report: Report): Field {
  const text = readObject(root, file, report).get('data').get(key).text();
  return field(`${file}: ${key}`, parseYaml(text), report);
}

function readObjects(root: string, file: string, report: Report): readonly Field[] {
  try {
    const values = parseKubernetesYaml(readFileSync(path.join(root, file), 'utf8'));
    return values.map((value) => field(file, value, report));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).syscall !== undefined) throw thrown;
    report(`${file}: ${(thrown as Error).message}`);
    return [];
  }
}
