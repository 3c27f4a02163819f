// Reads runs, writes their pages, figures, summaries and verdicts beside them. The only part of the report that touches files.
import { mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { Experiment } from '../experiment';
import { findRuns, readRun, writeSummary, writeVerdict } from '../records/run-folder';
import { imageName } from './image-name';
import { type ListedRun, renderOverviewPage } from './overview-page';
import { type RunReport, reportRun } from './run-report';

export interface ReportOptions {
  /** A run's folder, or a folder of such folders. */
  readonly folder: string;
  readonly experiments: readonly Experiment[];
  /** Also puts every figure there, as `EXPERIMENT.BACKEND.FIGURE.svg`; later runs replace earlier ones. */
  readonly imageFolder?: string;
}

const PAGE_FILE = 'index.html';
const FIGURE_FOLDER = 'figures';

/**
 * Writes the report of each run into its own folder, and over several runs an overview into `folder`. Depends on
 * params.json, calls.ndjson and events.ndjson alone; whatever else is there is replaced.
 * @returns the runs in the order of time
 * @throws Error when there is no run, or one of an unknown experiment
 */
export async function writeReport({ folder, experiments, imageFolder }: ReportOptions): Promise<readonly ListedRun[]> {
  const runs = await findRuns(folder);
  if (runs.length === 0) throw new Error(`cannot report ${folder}: expected params.json in it or in its folders`);
  const listed: ListedRun[] = [];
  for (const run of runs) {
    const report = await writeRunReport(run, experiments);
    if (imageFolder !== undefined) await writeFigures(imageFolder, report, (id) => imageName(report.params, id));
    const { params, verdict, figures } = report;
    listed.push({ folderName: path.basename(run), params, verdict, figures });
  }
  if (runs[0] !== folder) await writeFile(path.join(folder, PAGE_FILE), renderOverviewPage(listed));
  return listed;
}

/** The report of one run. */
export async function writeRunReport(run: string, experiments: readonly Experiment[]): Promise<RunReport> {
  const data = await readRun(run);
  const experiment = experiments.find(({ name }) => name === data.params.experiment);
  if (experiment === undefined) {
    const known = experiments.map(({ name }) => name).join(', ');
    throw new Error(`cannot report ${run}: expected one of the experiments ${known}, got "${data.params.experiment}"`);
  }
  const report = reportRun(data, experiment, path.basename(path.resolve(run)));
  await writeSummary(run, report.summary);
  await writeVerdict(run, report.verdict);
  await writeFigures(path.join(run, FIGURE_FOLDER), report, (id) => `${id}.svg`);
  await writeFile(path.join(run, PAGE_FILE), report.page);
  return report;
}

async function writeFigures(folder: string, { figures }: RunReport, nameOf: (figure: string) => string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { id, file } of figures) await writeFile(path.join(folder, nameOf(id)), file);
}
