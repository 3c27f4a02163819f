import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { it } from 'node:test';
import { readRecord, recordText, writeRecord } from '../../../../bench/records/record';
import { recordOf, rowSamples } from '../sample-record';

it('a record is read as it was written, with a line per sample', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'record-'));
  const file = path.join(folder, 'record.json');
  const record = recordOf(rowSamples('bare', [100, 120]));
  writeRecord(file, record);
  assert.deepEqual(readRecord(file), record);
  assert.equal(
    recordText(record)
      .split('\n')
      .filter((line) => line.startsWith('    {"suite"')).length,
    4,
  );
  writeFileSync(file, '{"samples": 1}');
  assert.throws(() => readRecord(file), /record\.json: expected a record of a benchmark/);
  rmSync(folder, { recursive: true });
});
