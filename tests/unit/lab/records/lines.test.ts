import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { forEachLine, lineBatches, openLineWriter } from '../../../../lab/records/lines';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-calls-'));
});
after(() => rm(folder, { recursive: true }));

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
