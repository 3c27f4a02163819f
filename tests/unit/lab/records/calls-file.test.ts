// calls.ndjson: what is written is read back, in the order of sending.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { bySending, type Call } from '../../../../lab/records/call';
import { openCallsWriter, readCalls } from '../../../../lab/records/calls-file';
import { LINE } from './one-call';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-calls-'));
});
after(() => rm(folder, { recursive: true }));

function ledgerText(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
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

test('bySending() breaks ties by load and number, whatever the order in the file is', () => {
  const call = (load: string, seq: number): Call => ({ load, ...LINE, seq });
  const sorted = [call('b', 1), call('a', 2), call('a', 1)].sort(bySending);
  assert.deepEqual(
    sorted.map(({ load, seq }) => `${load}${seq}`),
    ['a1', 'a2', 'b1'],
  );
});
