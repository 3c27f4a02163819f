// events.ndjson, phases, and the folder of a run with its recorder.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { EVENT_KINDS, eventsOf, parseEvent, type RunEvent } from '../../../lab/records/event';
import { readEvents } from '../../../lab/records/events-file';
import { phaseNamed, phasesOf } from '../../../lab/records/phases';
import { createRecorder } from '../../../lab/records/recorder';
import { createRunFolder, findRuns, readParams, readRun, runFolderName } from '../../../lab/records/run-folder';
import { evenRun } from '../../support/sample-runs';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-events-'));
});
after(() => rm(folder, { recursive: true }));

test('parseEvent() reads every kind', () => {
  for (const kind of EVENT_KINDS)
    assert.deepEqual(parseEvent(JSON.stringify({ atMs: 1, kind }), 'here'), { atMs: 1, kind });
});

for (const [name, line, expected] of [
  ['an unknown kind', '{"atMs":1,"kind":"explosion"}', /line 1: expected a known kind, got explosion/],
  ['a kind of every object', '{"atMs":1,"kind":"toString"}', /expected a known kind/],
  ['a missing time', '{"kind":"note"}', /expected atMs to be a number/],
  ['a nested detail', '{"atMs":1,"kind":"note","detail":{"text":{}}}', /expected a flat detail/],
  ['a field too many', '{"atMs":1,"kind":"note","text":"x"}', /and no more, got \{"text":"x"\}/],
] as const) {
  test(`parseEvent() refuses ${name}`, () => {
    assert.throws(() => parseEvent(line, 'events line 1'), expected);
  });
}

test('readEvents() sorts by time and keeps the order of one instant', async () => {
  const file = path.join(folder, 'events.ndjson');
  const events = [
    { atMs: 2, kind: 'note', detail: { text: 'second' } },
    { atMs: 1, kind: 'note', detail: { text: 'first' } },
    { atMs: 2, kind: 'note', detail: { text: 'third' } },
  ];
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const read = await readEvents(file);
  assert.deepEqual(
    eventsOf(read, 'note').map(({ detail }) => detail?.text),
    ['first', 'second', 'third'],
  );
});

test('phasesOf() ends each phase where the next begins, and the last one after the last answer', () => {
  const events: RunEvent[] = [
    { atMs: 100, kind: 'phase', subject: 'before' },
    { atMs: 200, kind: 'phase', subject: 'after' },
  ];
  const calls = evenRun()
    .calls.slice(0, 1)
    .map((call) => ({ ...call, sentMs: 290, latencyMs: 10 }));
  assert.deepEqual(phasesOf({ calls, events }), [
    { name: 'before', fromMs: 100, toMs: 200 },
    { name: 'after', fromMs: 200, toMs: 301 },
  ]);
  assert.equal(phaseNamed({ calls, events }, 'after').fromMs, 200);
  assert.throws(() => phaseNamed({ calls, events }, 'later'), /expected one phase "later", got 0/);
});

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

test('createRecorder() says so when its folder is not there', async () => {
  const recorder = createRecorder({ folder: path.join(folder, 'nowhere'), now: () => 1 });
  recorder.note('lost');
  await assert.rejects(recorder.close(), /cannot write .*nowhere/);
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
