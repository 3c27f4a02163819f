// The files of the `*_k8s` folders, each object as the API server has it.
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Field, field, ManifestError, type Report } from './fields';
import { parseKubernetesYaml } from './kubernetes-yaml';
import { parseYaml } from './yaml-document';

/** What `kubectl apply -f FOLDER` takes, which leaves out folders below. */
const MANIFEST = /\.(yaml|yml|json)$/;

/**
 * The objects directly in `folder`. A file that is not YAML is reported.
 * @throws ManifestError when there is no such folder, or it cannot be read
 */
export function readFolder(root: string, folder: string, report: Report): readonly Field[] {
  const files = listed(path.join(root, folder)).filter((entry) => !entry.isDirectory() && MANIFEST.test(entry.name));
  return files.flatMap(({ name }) => readObjects(root, path.join(folder, name), report));
}

/** The folders directly in `root`, in order, hidden ones left out. @throws as readFolder() */
export function foldersIn(root: string): readonly string[] {
  const folders = listed(root).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders.map(({ name }) => name);
}

function listed(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    throw new ManifestError([`${folder}: expected a folder of manifests, got ${whatIsWrong(thrown)}`]);
  }
}

const WRONG: Readonly<Record<string, string>> = {
  ENOENT: 'nothing of that name',
  ENOTDIR: 'a file',
  EISDIR: 'a folder',
  EACCES: 'no right to read it',
};

/** What stands where a file or a folder should, by the error of the system. */
function whatIsWrong(thrown: unknown): string {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return WRONG[code] ?? message;
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
 * YAML as it stands. @throws as readObject(), also where the text is no YAML
 */
export function readCarriedFile(root: string, file: string, key: string, report: Report): Field {
  const text = readObject(root, file, report).get('data').get(key).text();
  try {
    return field(`${file}: ${key}`, parseYaml(text), report);
  } catch (thrown) {
    throw new ManifestError([`${file}: ${key}: ${(thrown as Error).message}`]);
  }
}

function readObjects(root: string, file: string, report: Report): readonly Field[] {
  try {
    const values = parseKubernetesYaml(readFileSync(path.join(root, file), 'utf8'));
    return values.map((value) => field(file, value, report));
  } catch (thrown) {
    const isOfSystem = (thrown as NodeJS.ErrnoException).syscall !== undefined;
    report(`${file}: ${isOfSystem ? `expected a file, got ${whatIsWrong(thrown)}` : (thrown as Error).message}`);
    return [];
  }
}
