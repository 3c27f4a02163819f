// The peers stand for what this project uses: the same grpc-js, proto-loader, prom-client and pino, or the comparison
// would be between versions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';
import { peersOf } from '../../../../bench/programs/peer-packages';

const ROOT = path.join(__dirname, '../../../..');
const read = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

it('peers have the versions of the project where both have a package', () => {
  const theirs = read('bench/peers/package.json').dependencies as Record<string, string>;
  const ours = read('package.json').dependencies as Record<string, string>;
  const shared = Object.keys(theirs).filter((name) => name in ours);
  assert.deepEqual(shared.sort(), ['@grpc/grpc-js', '@grpc/proto-loader', 'pino', 'prom-client']);
  for (const name of shared) assert.equal(theirs[name], ours[name], name);
});

it('peersOf() says the version of each peer', () => {
  const peers = peersOf(read('bench/peers/package-lock.json'));
  assert.equal(peers[0]?.id, 'bare');
  for (const { detail } of peers) {
    assert.match(detail, / \d+\.\d+\.\d+/);
    assert.doesNotMatch(detail, /unknown version/);
  }
});
