// The folder of one run, lab/results/<time>-<name>: which files it has, and writing and reading the whole of it.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { toError } from '../../runtime/errors';
import { readCalls } from './calls-file';
import { readEvents } from './events-file';
import { type Params, parseParams } from './params';
import { RecordError } from './record-error';
import type { RunData } from './run-data';
import type { RunSummary } from './run-summary';
import type { Verdict } from './verdict';

export const RUN_FILES = {
  params: 'params.json',
  calls: 'calls.ndjson',
  events: 'events.ndjson',
  summary: 'summary.json',
  verdict: 'verdict.json',
} as const;

/** `2026-03-01T12-30-05Z-spread`: sorts by time and is a valid name everywhere. */
export function runFolderName({ startedAt, experiment }: Pick<Params, 'startedAt' | 'experiment'>): string {
  return `${startedAt.replace(/\.\d+(?=Z$)/, '').replaceAll(':', '-')}-${experiment}`;
}

/** Makes the folder of a run below `root` and writes its params. Fails if there is one already. */
export async function createRunFolder(root: string, params: Params): Promise<string> {
  const folder = path.join(root, runFolderName(params));
  await mkdir(root, { recursive: true });
  await mkdir(folder);
  await writeJson(path.join(folder, RUN_FILES.params), params);
  await writeFile(path.join(folder, RUN_FILES.calls), '');
  await writeFile(path.join(folder, RUN_FILES.events), '');
  return folder;
}

export async function readParams(folder: string): Promise<Params> {
  const file = path.join(folder, RUN_FILES.params);
  return parseParams(await readJson(file), file);
}

/** Reads the three files that everything else follows from. @throws RecordError at the first that is not sound. */
export async function readRun(folder: string): Promise<RunData> {
  const [params, calls, events] = await Promise.all([
    readParams(folder),
    readCalls(path.join(folder, RUN_FILES.calls)),
    readEvents(path.join(folder, RUN_FILES.events)),
  ]);
  return { params, calls, events };
}

export async function writeSummary(folder: string, summary: RunSummary): Promise<void> {
  await writeJson(path.join(folder, RUN_FILES.summary), summary);
}

export async function writeVerdict(folder: string, verdict: Verdict): Promise<void> {
  await writeJson(path.join(folder, RUN_FILES.verdict), verdict);
}

/** @throws RecordError when the file is not a verdict */
export async function readVerdict(folder: string): Promise<Verdict> {
  const file = path.join(folder, RUN_FILES.verdict);
  const verdict = (await readJson(file)) as Verdict;
  if (!Array.isArray(verdict?.claims) || typeof verdict.pass !== 'boolean') {
    throw new RecordError(file, 'claims and pass', verdict);
  }
  return verdict;
}

/** The run folders that `folder` is or holds, in the order of their names, and so of time. Empty if there are none. */
export async function findRuns(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && entry.name === RUN_FILES.params)) return [folder];
  const runs: string[] = [];
  for (const entry of entries.filter((each) => each.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const files = await readdir(path.join(folder, entry.name));
    if (files.includes(RUN_FILES.params)) runs.push(path.join(folder, entry.name));
  }
  return runs;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new RecordError(file, 'JSON', text, { cause: toError(thrown) });
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
