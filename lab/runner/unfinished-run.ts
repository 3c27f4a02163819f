// A run that did not finish does not count: its params are kept under another name, with the reason. So neither
// report nor comparison takes it for one, and what it has recorded can still be looked at.
import { readFile, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { RUN_FILES } from '../records/run-folder';

export const UNFINISHED_FILE = 'unfinished.json';

export interface Unfinished {
  /** `interrupted`: the user ended it. `failed`: a step could not be carried out. */
  readonly why: 'interrupted' | 'failed';
  readonly message: string;
}

/** Marks the run in `folder`. */
export async function markUnfinished(folder: string, { why, message }: Unfinished): Promise<void> {
  const file = path.join(folder, RUN_FILES.params);
  const params: unknown = JSON.parse(await readFile(file, 'utf8'));
  const text = JSON.stringify({ why, message, params }, undefined, 2);
  await writeFile(path.join(folder, UNFINISHED_FILE), `${text}\n`);
  await rm(file);
}
