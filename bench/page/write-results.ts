// The files of a run: its record, its figures, its page; and the document that stands in the project.
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type BenchRecord, writeRecord } from '../records/record';
import { performancePage } from './performance-page';
import { ratioFigure } from './ratio-figure';

/** Into `folder`: record.json with every sample, performance.md, and a figure per suite. */
export function writeResults(folder: string, record: BenchRecord): void {
  mkdirSync(folder, { recursive: true });
  writeRecord(path.join(folder, 'record.json'), record);
  writeFigures(folder, record);
  writeFileSync(path.join(folder, 'performance.md'), performancePage(record, '.'));
}

/** The page, its record and its figures among the project’s documents. */
export function writeDocument(root: string, record: BenchRecord): void {
  const docs = path.join(root, 'docs');
  writeRecord(path.join(docs, 'performance.json'), record);
  writeFigures(path.join(docs, 'images'), record);
  writeFileSync(path.join(docs, 'performance.md'), performancePage(record, 'images'));
}

function writeFigures(folder: string, record: BenchRecord): void {
  for (const suite of record.suites.filter(({ isLadder }) => !isLadder)) {
    const load = suite.loads[0];
    if (load === undefined) continue;
    writeFileSync(path.join(folder, `bench-${suite.id}.svg`), ratioFigure(record, suite, load));
  }
}
