// `npm run clients:page`: writes docs/clients.md, and with folders of runs of `foreign-clients` first clients/measured.json.
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { findRuns, readParams, readRun } from '../lab/records/run-folder';
import { type MeasuredRun, measureClients } from './clients-measured';
import { clientsPage, MEASURED_FILE } from './clients-page';

const ROOT = path.resolve(__dirname, '..');

async function measure(folders: readonly string[]): Promise<void> {
  const runs: MeasuredRun[] = [];
  for (const folder of (await Promise.all(folders.map(findRuns))).flat()) {
    const { experiment, mutation } = await readParams(folder);
    if (experiment === 'foreign-clients' && mutation === undefined) runs.push(measureClients(await readRun(folder)));
  }
  if (runs.length === 0) throw new Error(`${folders.join(', ')}: expected an honest run of foreign-clients`);
  runs.sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
  writeFileSync(path.join(ROOT, MEASURED_FILE), `${JSON.stringify({ runs }, undefined, 2)}\n`);
}

async function main(folders: readonly string[]): Promise<void> {
  if (folders.length > 0) await measure(folders);
  writeFileSync(path.join(ROOT, 'docs/clients.md'), clientsPage());
}

void main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`clients:page: ${thrown instanceof Error ? thrown.message : thrown}\n`);
  process.exitCode = 1;
});
