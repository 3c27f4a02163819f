import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunCommand } from '../../../../command-line/run-command';
import { readCommit, readConditions } from '../../../../lab/runner/conditions';

/** Git as a table: what `rev-parse` and `status` say; undefined is a failure. */
const git =
  (head: string | undefined, status = ''): RunCommand =>
  async (_, args) => {
    const stdout = args.includes('rev-parse') ? head : status;
    const failed = stdout === undefined;
    return { code: failed ? 128 : 0, stdout: stdout ?? '', stderr: '', failure: undefined };
  };

describe('readCommit()', () => {
  it('is the commit, marked where the tree differs from it', async () => {
    const head = '0123456789abcdef0123456789abcdef01234567\n';
    assert.equal(await readCommit('.', git(head)), '0123456789');
    assert.equal(await readCommit('.', git(head, ' M lab/main.ts\n')), '0123456789+changes');
    assert.equal(await readCommit('.', git(undefined)), 'unknown');
  });
});

describe('readConditions()', () => {
  it('names versions and machine', async () => {
    const { versions, machine } = await readConditions(process.cwd(), 'v20.20.2', git(undefined));
    assert.equal(versions.node, '20.20.2');
    assert.match(versions['@grpc/grpc-js'] ?? '', /^\d+\.\d+\.\d+$/);
    assert.ok(machine.cpus >= 1 && machine.memoryBytes > 1e8);
    assert.match(machine.system, /^\w+ \S+ \w+$/);
  });
});
