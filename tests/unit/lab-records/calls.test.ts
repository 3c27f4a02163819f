// calls.ndjson: what is written is read back, in the order of sending, and what is no call is refused by line.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { bySending, type Call, CallParser } from '../../../lab/records/call';
import { openCallsWriter, readCalls } from '../../../lab/records/calls-file';
import { forEachLine, lineBatches, openLineWriter } from '../../../lab/records/lines';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-calls-'));
});
after(() => rm(folder, { recursive: true }));

const LINE = {
  seq: 1,
  intendedMs: 1000.5,
  sentMs: 1000.75,
  latencyMs: 1.25,
  code: 'OK',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
};

function ledgerText(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

test('CallParser.parse() reads a line, and shares equal names', () => {
  const parser = new CallParser();
  const call = parser.parse(JSON.stringify({ load: 'main', ...LINE }), 'here');
  assert.deepEqual(call, { load: 'main', ...LINE });
  const message = { load: 'chat', ...LINE, stream: 7, opening: 2 };
  assert.deepEqual(parser.parse(JSON.stringify(message), 'here'), message);
  const late = { load: 'main', ...LINE, neverSent: 250 };
  assert.deepEqual(parser.parse(JSON.stringify(late), 'here'), late);
});

for (const [name, line, expected] of [
  ['no JSON', '{"seq":1', /calls line 3: expected a JSON object, got \{"seq":1/],
  ['a list', '[]', /expected a JSON object/],
  ['no load', JSON.stringify(LINE), /expected load to be text, got undefined/],
  ['a missing number', JSON.stringify({ load: 'a', ...LINE, sentMs: undefined }), /expected sentMs to be a number/],
  [
    'a number as text',
    JSON.stringify({ load: 'a', ...LINE, latencyMs: '1' }),
    /expected latencyMs to be a number, got 1/,
  ],
  ['a negative count', JSON.stringify({ load: 'a', ...LINE, attempts: -1 }), /expected attempts to be a count, got -1/],
  ['a pod that is no text', JSON.stringify({ load: 'a', ...LINE, pod: null }), /expected pod to be text, got null/],
] as const) {
  test(`CallParser.parse() refuses ${name}`, () => {
    assert.throws(() => new CallParser().parse(line, 'calls line 3'), expected);
  });
}

test('openCallsWriter() appends ledgers under the names of their loads, readCalls() sorts by sending', async () => {
  const file = path.join(folder, 'calls.ndjson');
  const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
  await writeFile(
    first,
    ledgerText([
      { ...LINE, seq: 2, sentMs: 30 },
      { ...LINE, seq: 1, sentMs: 10 },
    ]),
  );
  await writeFile(second, ledgerText([{ ...LINE, sentMs: 20, code: 'UNAVAILABLE', pod: '', via: '' }]));
  const writer = openCallsWriter(file);
  assert.equal(await writer.addLedger('a', first), 2);
  assert.equal(await writer.addLedger('b', second), 1);
  await writer.close();
  const calls = await readCalls(file);
  assert.deepEqual(
    calls.map(({ load, seq, sentMs }) => [load, seq, sentMs]),
    [
      ['a', 1, 10],
      ['b', 1, 20],
      ['a', 2, 30],
    ],
  );
  assert.equal(calls[1]?.pod, '');
});

test('addLedger() refuses a bad line by file and number', async () => {
  const ledger = path.join(folder, 'bad');
  await writeFile(ledger, `${ledgerText([LINE])}oops\n`);
  const writer = openCallsWriter(path.join(folder, 'calls-of-bad.ndjson'));
  await assert.rejects(writer.addLedger('a', ledger), /bad line 2: expected a JSON object, got oops/);
  await writer.close();
});

test('bySending() breaks ties by load and number, whatever the order in the file', () => {
  const call = (load: string, seq: number): Call => ({ load, ...LINE, seq });
  const sorted = [call('b', 1), call('a', 2), call('a', 1)].sort(bySending);
  assert.deepEqual(
    sorted.map(({ load, seq }) => `${load}${seq}`),
    ['a1', 'a2', 'b1'],
  );
});

test('lineBatches() joins lines that a chunk cuts, keeps characters whole, and counts on', async () => {
  const file = path.join(folder, 'long');
  // Chunks are a megabyte: some line and some two-byte character lie across their ends.
  const lines = Array.from({ length: 30_000 }, (_, index) => `${index} ${'ü'.repeat(30)}`);
  await writeFile(file, lines.join('\n'));
  const read: string[] = [];
  let batches = 0;
  for await (const batch of lineBatches(file)) {
    assert.equal(batch.firstLine, read.length + 1);
    read.push(...batch.lines);
    batches += 1;
  }
  assert.ok(batches > 1, `${batches} batches`);
  assert.deepEqual(read, lines);
});

test('openLineWriter() takes more than the disk does at once, and warns of nothing', async () => {
  const file = path.join(folder, 'many');
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on('warning', onWarning);
  const writer = openLineWriter(file);
  const text = 'x'.repeat(1000);
  for (let line = 0; line < 20_000; line += 1) await writer.write({ line, text });
  await writer.close();
  await new Promise(setImmediate);
  process.off('warning', onWarning);
  assert.deepEqual(warnings, []);
  let lines = 0;
  await forEachLine(file, (line, number) => {
    lines += 1;
    assert.equal(line, JSON.stringify({ line: number - 1, text }));
  });
  assert.equal(lines, 20_000);
});
