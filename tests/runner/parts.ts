// Which test files a part means: a tier (`unit`), a folder in it (`unit/lab`) or a file (`unit/lab/flags.test.ts`).
import { readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';

/** `npm test` runs these; the lab takes long and the cluster needs one. */
export const DEFAULT_TIERS = ['unit', 'manifests', 'deploy', 'server', 'client', 'local'] as const;
export const TIERS = [...DEFAULT_TIERS, 'lab', 'cluster'] as const;

const TESTS = path.join(__dirname, '..');
const SUFFIX = '.test.ts';

/** The files of the parts, relative to `tests/`, each once. @throws RangeError for a part without tests. */
export function testFiles(parts: readonly string[]): readonly string[] {
  const files = parts.map((part) => ({ part, files: filesOf(part) }));
  const unknown = files.filter((each) => each.files.length === 0).map(({ part }) => `"${part}"`);
  if (unknown.length > 0) {
    throw new RangeError(
      `expected ${TIERS.join(', ')}, or a folder or file in one of them, got ${unknown.join(' and ')}, which has no tests`,
    );
  }
  return [...new Set(files.flatMap((each) => each.files))];
}

export function tierOf(file: string): string {
  return file.split(path.sep)[0] ?? file;
}

function filesOf(part: string): readonly string[] {
  const relative = path
    .normalize(part)
    .replace(/^tests[/\\]/, '')
    .replace(/[/\\]$/, '');
  if (!(TIERS as readonly string[]).includes(tierOf(relative))) return [];
  const stats = statSync(path.join(TESTS, relative), { throwIfNoEntry: false });
  if (stats?.isFile() === true) return relative.endsWith(SUFFIX) ? [relative] : [];
  if (stats?.isDirectory() !== true) return [];
  return readdirSync(path.join(TESTS, relative), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => path.join(relative, name));
}
