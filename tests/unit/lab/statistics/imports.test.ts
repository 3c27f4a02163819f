// What keeps a verdict repeatable: statistics and report read neither files nor clocks, and imports point one way.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

const LAB = path.join(__dirname, '../../../../lab');

function sources(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(path.join(LAB, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name: path.join(folder, name), text: readFileSync(path.join(LAB, folder, name), 'utf8') }));
}

/** The files of the report that read and write. */
const FILE_ACCESS = ['write-report.ts', 'read-documented-runs.ts', 'write-document.ts'].map((name) =>
  path.join('report', name),
);

for (const folder of ['statistics', 'report']) {
  test(`lab/${folder} does no input or output, and asks no clock and no dice`, () => {
    const files = sources(folder).filter(({ name }) => !FILE_ACCESS.includes(name));
    assert.ok(files.length > 5);
    for (const { name, text } of files) {
      assert.doesNotMatch(text, /from 'node:|\bprocess\.|Math\.random|Date\.now|new Date\(\)|performance\.now/, name);
    }
  });
}

test('statistics know nothing of the lab, and records nothing of the report', () => {
  for (const { name, text } of sources('statistics')) assert.doesNotMatch(text, /from '\.\.\//, name);
  for (const { name, text } of sources('records')) assert.doesNotMatch(text, /from '\.\.\/(report|system)/, name);
});

test('the drivers do not know each other, and what stands above both knows neither', () => {
  for (const { name, text } of sources('system/cluster')) assert.doesNotMatch(text, /from '\.\.\/local\//, name);
  for (const { name, text } of sources('system/local')) assert.doesNotMatch(text, /from '\.\.\/cluster\//, name);
  for (const folder of ['experiments', 'claims', 'steps', 'runner', 'records', 'report', '../local/envoy']) {
    for (const { name, text } of sources(folder)) assert.doesNotMatch(text, /system\/(local|cluster)\//, name);
  }
});
