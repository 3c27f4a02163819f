// `deploy-all.sh --local`, `adopt` and `doctor` up to the point where the program takes over: Node's version, npm packages,
// folders, arguments, standard input.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test, { type TestContext } from 'node:test';
import { ROOT, StubCluster } from './support/stub-cluster';

/** The words that start a program of Node, and the folder of its main.ts. */
const PROGRAMS = [
  ['--local', 'local'],
  ['adopt', 'adopt'],
  ['doctor', 'doctor'],
] as const;

const PROGRAM = `
import { readFileSync } from 'node:fs';
const { argv, env } = process;
const facts = { folder, args: argv.slice(2), cwd: process.cwd(), project: env.TS_NODE_PROJECT, stdin: readFileSync(0, 'utf8') };
console.log(JSON.stringify(facts));
`;

/** A tree with the real script, where programs of a few lines say what they were started with. */
function treeWithPrograms(t: TestContext, tools = 'npm'): { cluster: StubCluster; tree: string; script: string } {
  const cluster = new StubCluster(t, { tools });
  const tree = path.join(cluster.temporaryFolder, '..', 'a tree');
  for (const [, folder] of PROGRAMS) {
    mkdirSync(path.join(tree, folder), { recursive: true });
    writeFileSync(path.join(tree, folder, 'main.ts'), `const folder: string = '${folder}';\n${PROGRAM}`);
  }
  for (const part of ['deploy-all.sh', 'scripts', 'tsconfig.json'])
    symlinkSync(path.join(ROOT, part), path.join(tree, part));
  // The script finds its tree by its own place, so it has to lie there for real.
  const script = path.join(tree, 'run.sh');
  writeFileSync(script, `source "${tree}/deploy-all.sh"\n`);
  writeFileSync(path.join(tree, 'package-lock.json'), lockfile('1.0.0'));
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

for (const [word, folder] of PROGRAMS) {
  test(`deploy-all.sh ${word} hands over its arguments, and the folder and standard input of the caller`, async (t) => {
    const { cluster, tree, script } = treeWithPrograms(t);
    install(tree, '1.0.0');
    // Words of the script itself are no words of its own here.
    const args = ['--rate', '200', '--json', 'a b', '', '-', '--delete', '--context'];
    const run = await cluster.run([word, ...args], { script, cwd: '/', stdin: 'kind: List\n' });
    assert.equal(run.code, 0, run.stderr);
    const project = path.join(tree, 'tsconfig.json');
    assert.deepEqual(JSON.parse(run.stdout), { folder, args, cwd: '/', project, stdin: 'kind: List\n' });
    assert.deepEqual(run.calls, [], 'packages that are there are not installed again');
  });

  test(`deploy-all.sh ${word} without arguments works`, async (t) => {
    const { cluster, tree, script } = treeWithPrograms(t);
    install(tree, '1.0.0');
    const run = await cluster.run([word], { script });
    assert.deepEqual(JSON.parse(run.stdout).args, []);
  });

  test(`deploy-all.sh ${word} says which Node it needs`, async (t) => {
    const cluster = new StubCluster(t, { tools: '' });
    const none = await cluster.run([word]);
    assert.equal(none.code, 1);
    assert.match(none.sentence, new RegExp(`${word} needs Node 20\\.19 or newer, and 'node' is not on PATH`));
    const node = path.join(cluster.temporaryFolder, '..', 'bin/node');
    writeFileSync(node, '#!/usr/bin/env bash\necho 18.20.8\n');
    chmodSync(node, 0o755);
    const old = await cluster.run([word]);
    assert.equal(old.code, 1);
    assert.match(old.sentence, new RegExp(`${word} needs Node 20\\.19 or newer; .*/bin/node is 18\\.20\\.8`));
  });
}

for (const [when, installed] of [
  ['there are none', undefined],
  ['they are older than the lockfile', '0.9.0'],
] as const) {
  test(`deploy-all.sh --local installs npm packages when ${when}`, async (t) => {
    const { cluster, tree, script } = treeWithPrograms(t);
    if (installed !== undefined) install(tree, installed);
    const run = await cluster.run(['--local'], { script });
    assert.deepEqual(run.calls, ['npm ci --no-audit --no-fund --loglevel=error']);
    assert.match(run.stderr, /\[local\] installing npm packages/);
  });
}

test('deploy-all.sh --local starts nothing when npm fails', async (t) => {
  const { cluster, script } = treeWithPrograms(t);
  cluster.rule({ call: 'npm ci *', code: 1, stderr: 'npm error network\n' });
  const run = await cluster.run(['--local'], { script });
  assert.equal(run.code, 1);
  assert.equal(run.stdout, '');
  assert.match(run.sentence, /npm ci failed in .*Nothing was started/);
});
