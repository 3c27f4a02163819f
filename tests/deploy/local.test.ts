// `deploy-all.sh --local` up to the point where the local stack takes over: Node's version, npm packages, folders, arguments.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test, { type TestContext } from 'node:test';
import { ROOT, StubCluster } from './support/stub-cluster';

/** A tree with the real script, where a local stack of two lines says what it was started with. */
function treeWithLab(t: TestContext, tools = 'npm'): { cluster: StubCluster; tree: string; script: string } {
  const cluster = new StubCluster(t, { tools });
  const tree = path.join(cluster.temporaryFolder, '..', 'a tree');
  mkdirSync(path.join(tree, 'local'), { recursive: true });
  for (const part of ['deploy-all.sh', 'scripts', 'tsconfig.json'])
    symlinkSync(path.join(ROOT, part), path.join(tree, part));
  // The script finds its tree by its own place, so it has to lie there for real.
  const script = path.join(tree, 'run.sh');
  writeFileSync(script, `source "${tree}/deploy-all.sh"\n`);
  writeFileSync(path.join(tree, 'package-lock.json'), lockfile('1.0.0'));
  writeFileSync(
    path.join(tree, 'local/main.ts'),
    'const facts: object = { args: process.argv.slice(2), cwd: process.cwd(), project: process.env.TS_NODE_PROJECT };\nconsole.log(JSON.stringify(facts));\n',
  );
  symlinkSync(process.execPath, path.join(cluster.temporaryFolder, '..', 'bin/node'));
  return { cluster, tree, script };
}

function lockfile(version: string): string {
  return JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
  });
}

function install(tree: string, version: string): void {
  mkdirSync(path.join(tree, 'node_modules'), { recursive: true });
  writeFileSync(path.join(tree, 'node_modules/.package-lock.json'), lockfile(version));
  for (const name of ['ts-node', 'typescript', '@types']) {
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(tree, 'node_modules', name));
  }
}

test('deploy-all.sh --local passes its arguments to the local stack and stays in the caller’s folder', async (t) => {
  const { cluster, tree, script } = treeWithLab(t);
  install(tree, '1.0.0');
  const run = await cluster.run(['--local', '--rate', '200', '--json', 'a b', ''], { script, cwd: '/' });
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    args: ['--rate', '200', '--json', 'a b', ''],
    cwd: '/',
    project: path.join(tree, 'tsconfig.json'),
  });
  assert.deepEqual(run.calls, [], 'installed packages must not be installed again');
});

test('deploy-all.sh --local without arguments works', async (t) => {
  const { cluster, tree, script } = treeWithLab(t);
  install(tree, '1.0.0');
  const run = await cluster.run(['--local'], { script });
  assert.deepEqual(JSON.parse(run.stdout).args, []);
});

for (const [when, installed] of [
  ['there are none', undefined],
  ['they are older than the lockfile', '0.9.0'],
] as const) {
  test(`deploy-all.sh --local installs npm packages when ${when}`, async (t) => {
    const { cluster, tree, script } = treeWithLab(t);
    if (installed !== undefined) install(tree, installed);
    const run = await cluster.run(['--local'], { script });
    assert.deepEqual(run.calls, ['npm ci --no-audit --no-fund --loglevel=error']);
    assert.match(run.stderr, /\[local\] installing npm packages/);
  });
}

test('deploy-all.sh --local starts nothing when npm fails', async (t) => {
  const { cluster, script } = treeWithLab(t);
  cluster.rule({ call: 'npm ci *', code: 1, stderr: 'npm error network\n' });
  const run = await cluster.run(['--local'], { script });
  assert.equal(run.code, 1);
  assert.equal(run.stdout, '');
  assert.match(run.sentence, /npm ci failed in .*Nothing was started/);
});

test('deploy-all.sh --local says which Node it needs', async (t) => {
  const cluster = new StubCluster(t, { tools: '' });
  const none = await cluster.run(['--local']);
  assert.equal(none.code, 1);
  assert.match(none.sentence, /--local needs Node 20\.19 or newer, and 'node' is not on PATH/);
  const node = path.join(cluster.temporaryFolder, '..', 'bin/node');
  writeFileSync(node, '#!/usr/bin/env bash\necho 18.20.8\n');
  chmodSync(node, 0o755);
  const old = await cluster.run(['--local']);
  assert.equal(old.code, 1);
  assert.match(old.sentence, /--local needs Node 20\.19 or newer; .*\/bin\/node is 18\.20\.8/);
});
