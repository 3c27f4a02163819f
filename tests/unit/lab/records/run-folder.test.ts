// The folder of a run: its name, what is written, what is read back.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { createRecorder } from '../../../../lab/records/recorder';
import { createRunFolder, findRuns, readParams, readRun, runFolderName } from '../../../../lab/records/run-folder';
import { evenRun } from '../../../support/sample-runs';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-events-'));
});
after(() => rm(folder, { recursive: true }));

test('runFolderName() sorts by time and is a name on every system', () => {
  assert.equal(
    runFolderName({ startedAt: '2026-03-01T12:30:05.123Z', experiment: 'spread' }),
    '2026-03-01T12-30-05Z-spread',
  );
});

test('a run that was recorded is read back as it was', async () => {
  const { params } = evenRun();
  const run = await createRunFolder(path.join(folder, 'results'), params);
  const ledger = path.join(folder, 'ledger');
  const line = { seq: 1, intendedMs: 5, sentMs: 5, latencyMs: 1, code: 'OK', pod: 'p', via: 'e', attempts: 1 };
  await writeFile(ledger, `${JSON.stringify(line)}\n`);
  let now = 10;
  const seen: string[] = [];
  const recorder = createRecorder({ folder: run, now: () => now, onEvent: ({ kind }) => seen.push(kind) });
  recorder.phase('before');
  now = 20;
  recorder.event('scale', { subject: 'grpc-server', detail: { from: 3, to: 5 } });
  recorder.event('pod-ready', { subject: 'p', atMs: 15 });
  recorder.note('half-way');
  assert.equal(await recorder.addLedger('main', ledger), 1);
  await recorder.close();
  const data = await readRun(run);
  assert.deepEqual(data.params, params);
  assert.deepEqual(data.calls, [{ load: 'main', ...line }]);
  assert.deepEqual(
    data.events.map(({ atMs, kind }) => [atMs, kind]),
    [
      [10, 'phase'],
      [15, 'pod-ready'],
      [20, 'scale'],
      [20, 'note'],
      [20, 'load-stop'],
    ],
  );
  assert.deepEqual(seen, ['phase', 'scale', 'pod-ready', 'note', 'load-stop']);
  assert.deepEqual(await findRuns(run), [run]);
  assert.deepEqual(await findRuns(path.join(folder, 'results')), [run]);
  await assert.rejects(createRunFolder(path.join(folder, 'results'), params), /EEXIST/);
});

test('readParams() names the field that is wrong', async () => {
  const run = await createRunFolder(path.join(folder, 'broken'), evenRun().params);
  const file = path.join(run, 'params.json');
  const params = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...params, seed: 'seven' }));
  await assert.rejects(readParams(run), /params.json: expected seed to be of type number, got seven/);
  await writeFile(file, JSON.stringify({ ...params, format: 2 }));
  await assert.rejects(readParams(run), /expected format to be 1, got 2/);
});
