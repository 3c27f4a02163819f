import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';
import { parse } from 'yaml';

const ROOT = path.join(__dirname, '../../..');

it('every mutation finds its text exactly once in the YAML of today', () => {
  const mutations = parse(readFileSync(path.join(ROOT, 'tests/manifests/mutations.yaml'), 'utf8')) as string[][];
  assert.ok(mutations.length > 0);
  const stale = mutations.filter(([, , file = '', from = '']) => {
    return readFileSync(path.join(ROOT, file), 'utf8').split(from).length !== 2;
  });
  assert.deepEqual(stale, []);
});
