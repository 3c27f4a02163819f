// The page about the cost of a call is what its record gives: no number of it is typed.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';
import { voidRows } from '../../../bench/comparison/gates';
import { performancePage } from '../../../bench/page/performance-page';
import { ratioFigure } from '../../../bench/page/ratio-figure';
import { readRecord } from '../../../bench/records/record';

const DOCS = path.join(__dirname, '../../../docs');
const PAGE = path.join(DOCS, 'performance.md');
const RECORD = path.join(DOCS, 'performance.json');

it('the page is what `npm run bench -- --from` writes from its record, figures too, and each row has a number', () => {
  // A machine that was never quiet has neither.
  assert.equal(existsSync(PAGE), existsSync(RECORD));
  if (!existsSync(RECORD)) return;
  const record = readRecord(RECORD);
  assert.equal(readFileSync(PAGE, 'utf8'), performancePage(record, 'images'));
  assert.deepEqual(voidRows(record), []);
  for (const suite of record.suites.filter(({ isLadder }) => !isLadder)) {
    const [load] = suite.loads;
    assert.ok(load);
    const figure = path.join(DOCS, 'images', `bench-${suite.id}.svg`);
    assert.equal(readFileSync(figure, 'utf8'), ratioFigure(record, suite, load));
  }
});
