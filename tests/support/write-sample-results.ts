// Puts synthetic runs on disk the way a lab would: ledger by ledger through the recorder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createRecorder } from '../../lab/records/recorder';
import { type RunData, runSpan } from '../../lab/records/run-data';
import { createRunFolder } from '../../lab/records/run-folder';

/** Writes one run below `root` and returns its folder. */
export async function writeSampleRun(root: string, data: RunData): Promise<string> {
  const { params, calls, events } = data;
  const folder = await createRunFolder(root, params);
  const recorder = createRecorder({ folder, now: () => runSpan(data).toMs });
  for (const { kind, subject, detail, atMs } of events) {
    recorder.event(kind, { atMs, ...(subject !== undefined && { subject }), ...(detail !== undefined && { detail }) });
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'sample-ledger-'));
  for (const load of new Set(calls.map((call) => call.load))) {
    const lines = calls.filter((call) => call.load === load).map(({ load: _, ...line }) => `${JSON.stringify(line)}\n`);
    const ledger = path.join(directory, 'ledger.ndjson');
    await writeFile(ledger, lines.join(''));
    await recorder.addLedger(load, ledger);
  }
  await recorder.close();
  await rm(directory, { recursive: true });
  return folder;
}
