// renovate.json moves every pin: what its own patterns must find in the files is found.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { NODE_VERSIONS } from '../../../bench/programs/node-programs';

const ROOT = path.join(__dirname, '../../..');

interface RegexManager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
}

const { customManagers, kubernetes } = JSON.parse(readFileSync(path.join(ROOT, 'renovate.json'), 'utf8')) as {
  readonly customManagers: readonly RegexManager[];
  readonly kubernetes: Pick<RegexManager, 'managerFilePatterns'>;
};

function filesOf(folder: string): readonly string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  );
}

const matches = ({ managerFilePatterns }: Pick<RegexManager, 'managerFilePatterns'>, file: string) =>
  managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(file));

/** The versions that the regex managers find in these files. */
function versionsIn(folder: string): string[] {
  return customManagers.flatMap((manager) =>
    filesOf(folder)
      .filter((file) => matches(manager, file))
      .flatMap((file) =>
        manager.matchStrings.flatMap((text) =>
          [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(new RegExp(text, 'g'))].map(
            (match) => match.groups?.currentValue ?? '',
          ),
        ),
      ),
  );
}

describe('renovate.json', () => {
  it('finds the programs that tests fetch', () => {
    const text = readFileSync(path.join(ROOT, 'tests/support/test-programs.ts'), 'utf8');
    const pinned = [...text.matchAll(/^const \w+_VERSION = '([^']+)';$/gm)].map(([, version]) => version);
    assert.ok(pinned.length >= 2);
    assert.deepEqual(versionsIn('tests/support'), pinned);
  });

  it('finds the versions of Node.js that the benchmark fetches', () => {
    assert.deepEqual(versionsIn('bench/programs'), NODE_VERSIONS);
  });

  it('finds the adapter of the Helm values', () => {
    assert.equal(versionsIn('prometheus_k8s').length, 1);
  });

  it('reads every manifest', () => {
    const folders = readdirSync(ROOT).filter((name) => name.endsWith('_k8s'));
    const manifests = folders.flatMap(filesOf).filter((file) => file.endsWith('deployment.yaml'));
    assert.ok(manifests.length >= 5);
    assert.deepEqual(
      manifests.filter((file) => !matches(kubernetes, file)),
      [],
    );
  });
});

describe('.npmrc', () => {
  it('runs no install scripts, and takes no version of the day', () => {
    const lines = readFileSync(path.join(ROOT, '.npmrc'), 'utf8').split('\n');
    for (const line of ['ignore-scripts=true', 'min-release-age=3']) assert.ok(lines.includes(line), line);
  });
});
