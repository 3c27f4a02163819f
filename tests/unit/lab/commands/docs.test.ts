// `docs` from run folders to files: which folders count, what is written and removed, and what is refused.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { docsCommand } from '../../../../lab/commands/docs';
import type { RunData } from '../../../../lab/records/run-data';
import { RUN_FILES } from '../../../../lab/records/run-folder';
import { writeRunReport } from '../../../../lab/report/write-report';
import { fakeBackend, fakeIo } from '../../../support/fake-lab';
import { SAMPLE_EXPERIMENTS } from '../../../support/sample-experiments/all';
import { evenRun, scaleUpRun, unevenRun } from '../../../support/sample-runs';
import { writeSampleRun } from '../../../support/write-sample-results';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lab-docs-'));
});
afterEach(() => rm(root, { recursive: true }));

async function judgedRun(folder: string, data: RunData): Promise<string> {
  const run = await writeSampleRun(path.join(root, folder), data);
  await writeRunReport(run, SAMPLE_EXPERIMENTS);
  return run;
}

async function docs(folders: readonly string[], change: { out?: string; images?: string } = {}) {
  const io = fakeIo(fakeBackend(), SAMPLE_EXPERIMENTS);
  const request = { folders: folders.map((name) => path.join(root, name)), images: change.images, json: true };
  const code = await docsCommand({ ...request, out: change.out ?? path.join(root, 'docs/experiments.md') }, io);
  return { code, err: io.written.err, json: io.written.out === '' ? undefined : JSON.parse(io.written.out) };
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')])),
  );
}

test('docs: writes the document and the figures that it shows, over several folders, always the same', async () => {
  await judgedRun('local', evenRun());
  await judgedRun('more', scaleUpRun());
  const { code, json } = await docs(['more', 'local']);
  assert.equal(code, 0);
  assert.deepEqual([json.command, json.pass, json.removed, json.leftOut], ['docs', true, [], []]);
  const first = await filesOf(path.join(root, 'docs'));
  assert.deepEqual(Object.keys(first), [
    'experiments.md',
    'images/sample-scale-up.local.calls.svg',
    'images/sample-spread.local.calls.svg',
  ]);
  for (const [, link] of first['experiments.md']?.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g) ?? []) {
    assert.ok(first[link as string]?.startsWith('<svg '), link);
  }
  assert.equal(json.images[0].bytes, (await stat(path.join(root, 'docs/images', json.images[0].name))).size);
  await docs(['local', 'more']);
  assert.deepEqual(await filesOf(path.join(root, 'docs')), first);
});

test('docs: is 1 when a claim does not hold, and names the experiment', async () => {
  await judgedRun('runs', evenRun());
  await judgedRun('newer', unevenRun());
  const { code, json, err } = await docs(['newer', 'runs']);
  assert.deepEqual([code, json.pass, json.totals[0].failing], [1, false, ['sample-spread']], 'the newer one counts');
  assert.match(err, /do not hold: sample-spread\n/);
});

test('docs: removes figures of its own that are shown no more, and nothing else', async () => {
  await judgedRun('runs', evenRun());
  const images = path.join(root, 'pictures');
  await mkdir(images);
  for (const name of ['gone.cluster.calls.svg', 'hand-made.svg', 'notes.txt']) {
    await writeFile(path.join(images, name), '');
  }
  const { json } = await docs(['runs'], { images });
  assert.deepEqual(json.removed, ['gone.cluster.calls.svg']);
  assert.deepEqual((await readdir(images)).sort(), ['hand-made.svg', 'notes.txt', 'sample-spread.local.calls.svg']);
  assert.match(await readFile(path.join(root, 'docs/experiments.md'), 'utf8'), /\(\.\.\/pictures\/sample-spread\./);
});

test('docs: leaves out runs without a verdict, and mutations that no longer exist', async () => {
  await judgedRun('runs', evenRun());
  const running = await writeSampleRun(path.join(root, 'runs'), unevenRun());
  const { params, ...raw } = scaleUpRun();
  const old = await judgedRun('runs', { ...raw, params: { ...params, mutation: 'forgotten: nobody knows' } });
  const { code, json } = await docs(['runs']);
  assert.equal(code, 0);
  assert.deepEqual(
    json.leftOut.map(({ folder }: { folder: string }) => folder),
    [running, old],
  );
  assert.match(json.leftOut[0].why, /no verdict/);
  assert.match(json.leftOut[1].why, /has no mutation "forgotten" now/);
});

test('docs: reports everything that is wrong at once, and then writes nothing', async () => {
  await mkdir(path.join(root, 'empty'));
  const run = await judgedRun('runs', evenRun());
  await writeFile(path.join(run, RUN_FILES.calls), 'no ledger\n');
  const { params, ...raw } = unevenRun();
  const unknown = await writeSampleRun(path.join(root, 'runs'), {
    ...raw,
    params: { ...params, experiment: 'unheard' },
  });
  const { code, err, json } = await docs(['empty', 'runs'], { out: path.join(root, 'runs') });
  assert.equal(code, 1);
  assert.equal(json, undefined);
  const lines = err.trim().split('\n');
  assert.equal(lines.length, 4, err);
  assert.match(lines[0] ?? '', /^lab: cannot write .*runs: expected a file, got a folder$/);
  assert.match(err, /cannot document .*empty: expected params\.json in it or in its folders\n/);
  assert.ok(
    err.includes(`cannot document ${unknown}: expected one of the experiments`) && err.includes('got "unheard"'),
  );
  assert.ok(err.includes(`cannot document ${run}: `));
  assert.deepEqual((await readdir(root)).sort(), ['empty', 'runs']);
});
