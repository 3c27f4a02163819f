// Pages from records: complete, self-contained, and the same from the three raw files alone.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import type { RunData } from '../../../../lab/records/run-data';
import { reportRun } from '../../../../lab/report/run-report';
import { writeReport } from '../../../../lab/report/write-report';
import { SAMPLE_EXPERIMENTS } from '../../../support/sample-experiments/all';
import { sampleScaleUp } from '../../../support/sample-experiments/sample-scale-up';
import { sampleSpread } from '../../../support/sample-experiments/sample-spread';
import { evenRun, scaleUpRun, unevenRun } from '../../../support/sample-runs';
import { writeSampleRun } from '../../../support/write-sample-results';

let root = '';
before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lab-report-'));
  for (const run of [evenRun(), unevenRun(), scaleUpRun()]) await writeSampleRun(root, run);
});
after(() => rm(root, { recursive: true }));

const report = () => writeReport({ folder: root, experiments: SAMPLE_EXPERIMENTS });

async function allFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = new Map<string, string>();
  for (const entry of names) {
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(root, file), await readFile(file, 'utf8'));
  }
  return files;
}

test('writeReport() makes the same pages from params, calls and events alone', async () => {
  const runs = await report();
  assert.deepEqual(
    runs.map(({ params, verdict }) => [params.experiment, verdict.pass]),
    [
      ['sample-spread', true],
      ['sample-spread', false],
      ['sample-scale-up', true],
    ],
  );
  const first = await allFiles();
  const raw = /(params\.json|calls\.ndjson|events\.ndjson)$/;
  for (const name of first.keys()) if (!raw.test(name)) await rm(path.join(root, name));
  assert.equal((await allFiles()).size, 9);
  await report();
  assert.deepEqual(await allFiles(), first);
  for (const kind of ['index.html', 'summary.json', 'verdict.json', 'figures/calls.svg']) {
    assert.ok(
      [...first.keys()].some((name) => name.endsWith(kind)),
      kind,
    );
  }
});

test('pages fetch nothing and every name inside them is unique', async () => {
  await report();
  for (const [name, text] of await allFiles()) {
    if (!name.endsWith('.html')) continue;
    assert.doesNotMatch(text, /<script|<link|<img|<iframe|@import|src=|url\((?!#)/, name);
    for (const [, target] of text.matchAll(/href="([^"]*)"/g)) assert.match(target ?? '', /^[\w-]+\/index\.html$/);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, name);
    for (const [, id] of text.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.includes(id), `${name}: ${id}`);
    for (const [, variable] of text.matchAll(/var\(--(\w+)\)/g)) assert.ok(text.includes(`--${variable}:#`), variable);
  }
});

test('the page of a run shows each claim with threshold and measurement, and each figure at both widths', () => {
  const { page, verdict, figures } = reportRun(unevenRun(), sampleSpread, 'run');
  for (const { text } of verdict.claims) assert.ok(page.includes(text.replaceAll("'", '&#39;')), text);
  assert.match(page, /4 of 5 claims do not hold/);
  assert.match(page, /9,700\u00a0calls/);
  assert.match(page, /npm run lab -- run sample-spread --on local --seed 20260301/);
  for (const { title, wide, narrow } of figures) {
    assert.ok(page.includes(title) && page.includes(wide) && page.includes(narrow), title);
  }
});

test('names from records cannot break a page', () => {
  const evil = '"><script>alert(1)</script>&amp;';
  const run = evenRun();
  const data: RunData = {
    ...run,
    params: { ...run.params, question: evil, command: evil, versions: { [evil]: evil } },
    calls: run.calls.map((call) => ({ ...call, load: evil, pod: call.pod === 'grpc-server-1' ? evil : call.pod })),
    events: [...run.events, { atMs: run.calls[0]?.sentMs ?? 0, kind: 'policy', detail: { policy: evil } }],
  };
  const { page, figures } = reportRun(data, sampleSpread, evil);
  assert.doesNotMatch(page, /<script/);
  assert.ok(page.includes('&lt;script&gt;alert(1)'));
  for (const { file } of figures) assert.doesNotMatch(file, /<script/);
});

test('a run that was broken on purpose says so, and is as it should be when it fails', () => {
  const run = unevenRun();
  const broken = { ...run, params: { ...run.params, mutation: 'calls go straight to one pod' } };
  const { page } = reportRun(broken, sampleSpread, 'run');
  assert.match(page, /Broken on purpose: calls go straight to one pod/);
  assert.match(page, /badge good">✓ 4 of 5 claims fail, as they must/);
  const unnoticed = { ...evenRun(), params: broken.params };
  assert.match(reportRun(unnoticed, sampleSpread, 'run').page, /badge bad">✗ Every claim holds, although broken/);
});

test('the overview lists every run and shows the newest of each experiment', async () => {
  await report();
  const overview = await readFile(path.join(root, 'index.html'), 'utf8');
  assert.match(overview, /2 of 3 runs are as claimed/);
  assert.equal(overview.match(/<article/g)?.length, 2);
  assert.equal(overview.match(/sample-spread\/index\.html/g)?.length, 3);
});

test('writeReport() of one run writes no overview, and puts figures into the given folder', async () => {
  const alone = await mkdtemp(path.join(tmpdir(), 'lab-alone-'));
  try {
    const run = await writeSampleRun(alone, evenRun());
    const imageFolder = path.join(alone, 'images');
    await writeReport({ folder: run, experiments: SAMPLE_EXPERIMENTS, imageFolder });
    assert.deepEqual((await readdir(imageFolder)).sort(), [
      'sample-spread.local.calls.svg',
      'sample-spread.local.latency.svg',
      'sample-spread.local.shares.svg',
    ]);
    assert.ok(!(await readdir(alone)).includes('index.html'));
  } finally {
    await rm(alone, { recursive: true });
  }
});

test('writeReport() refuses a folder without a run and a run of an unknown experiment', async () => {
  await assert.rejects(
    writeReport({ folder: tmpdir(), experiments: [] }).then(() => {}),
    /expected/,
  );
  await assert.rejects(writeReport({ folder: root, experiments: [sampleScaleUp] }), /got "sample-spread"/);
  assert.throws(() => reportRun(evenRun(), sampleScaleUp, 'run'), /expected a run of "sample-scale-up"/);
});
