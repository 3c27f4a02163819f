// `list`, `report` and `compare`: the experiments, and the results of past runs.
import * as path from 'node:path';
import type { Experiment } from '../experiment';
import { findRuns, readRun } from '../records/run-folder';
import { verdictOf } from '../records/verdict';
import { compareRuns, type JudgedRun } from '../report/comparison';
import { renderComparison } from '../report/comparison-text';
import { writeReport } from '../report/write-report';
import { renderVerdict } from '../runner/verdict-text';
import { type CommandIo, EXIT, type ExitCode } from './command-context';

export function listCommand({ json }: { readonly json: boolean }, { experiments, out }: CommandIo): ExitCode {
  const width = Math.max(...experiments.map(({ name }) => name.length));
  if (json) {
    const listed = experiments.map(({ name, question, backends, mutations }) => {
      return { name, question, backends, mutations: mutations.map((mutation) => mutation.name) };
    });
    out(`${JSON.stringify({ command: 'list', experiments: listed })}\n`);
    return EXIT.passed;
  }
  for (const { name, question, backends } of experiments) {
    out(`${name.padEnd(width)}  ${backends.join(', ').padEnd('local, cluster'.length)}  ${question}\n`);
  }
  return EXIT.passed;
}

export interface ReportRequest {
  readonly folder: string;
  readonly images: string | undefined;
  readonly json: boolean;
}

export async function reportCommand({ folder, images, json }: ReportRequest, io: CommandIo): Promise<ExitCode> {
  const { experiments } = io;
  const say = json ? io.err : io.out;
  const runs = await writeReport({ folder, experiments, ...(images !== undefined && { imageFolder: images }) });
  for (const { verdict, folderName } of runs) say(renderVerdict(verdict, folderName));
  say(`The page to open: ${path.join(folder, 'index.html')}\n`);
  const isPassed = runs.every(({ verdict }) => verdict.mutation !== undefined || verdict.pass);
  if (json) {
    const described = runs.map(({ folderName, verdict: { experiment, mutation, pass } }) => {
      return { experiment, folder: folderName, ...(mutation !== undefined && { mutation }), pass };
    });
    io.out(`${JSON.stringify({ command: 'report', pass: isPassed, runs: described })}\n`);
  }
  return isPassed ? EXIT.passed : EXIT.failed;
}

export interface CompareRequest {
  readonly left: string;
  readonly right: string;
  readonly json: boolean;
}

export async function compareCommand({ left, right, json }: CompareRequest, io: CommandIo): Promise<ExitCode> {
  const claims = compareRuns(await judge(left, io.experiments), await judge(right, io.experiments));
  if (json) io.out(`${JSON.stringify({ command: 'compare', claims })}\n`);
  else io.out(renderComparison(claims));
  return claims.some(({ change }) => change === 'broken') ? EXIT.failed : EXIT.passed;
}

/** Judges the runs below `folder` again: verdicts on disk may come from older code. */
async function judge(folder: string, experiments: readonly Experiment[]): Promise<readonly JudgedRun[]> {
  const runs = await findRuns(folder);
  if (runs.length === 0) throw new Error(`cannot compare ${folder}: expected params.json in it or in its folders`);
  const judged: JudgedRun[] = [];
  for (const run of runs) {
    const data = await readRun(run);
    const experiment = experiments.find(({ name }) => name === data.params.experiment);
    if (experiment === undefined)
      throw new Error(`cannot judge ${run}: unknown experiment "${data.params.experiment}"`);
    judged.push({ params: data.params, verdict: verdictOf(data.params, experiment.evaluate(data)) });
  }
  return judged;
}
