// Finds the runs that a document is about, judges them again from their raw data, and draws their first figure.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { toError } from '../../runtime/errors';
import type { Experiment } from '../experiment';
import type { Params } from '../records/params';
import { findRuns, RUN_FILES, readParams, readRun } from '../records/run-folder';
import { verdictOf } from '../records/verdict';
import type { DocumentedRun } from './documented-experiment';
import { createFigurePainter } from './draw-figure';
import { drawForPage } from './drawn-figure';
import { mutationName, newestBrokenRuns, newestRuns } from './newest-runs';

export interface FoundRuns {
  /** In the order of time. */
  readonly runs: readonly DocumentedRun[];
  readonly leftOut: readonly LeftOutRun[];
  /** Everything that keeps the document from being written. */
  readonly problems: readonly string[];
}

export interface LeftOutRun {
  readonly folder: string;
  readonly why: string;
}

interface FoundRun {
  readonly folder: string;
  readonly params: Params;
}

/** @param folders each a run's folder, or a folder of such folders. Only runs that are shown are read as a whole. */
export async function readDocumentedRuns(
  folders: readonly string[],
  experiments: readonly Experiment[],
): Promise<FoundRuns> {
  const problems: string[] = [];
  const experimentOf = ({ experiment }: Params) => experiments.find(({ name }) => name === experiment);
  const found = (await findAll(folders, problems)).filter(({ folder, params }) => {
    if (experimentOf(params) !== undefined) return true;
    const known = experiments.map(({ name }) => name).join(', ');
    problems.push(`cannot document ${folder}: expected one of the experiments ${known}, got "${params.experiment}"`);
    return false;
  });
  const whyNot = ({ folder, params }: FoundRun): string | undefined => {
    const mutation = mutationName(params);
    const mutations = experimentOf(params)?.mutations ?? [];
    if (mutation !== undefined && mutations.every(({ name }) => name !== mutation)) {
      return `${params.experiment} has no mutation "${mutation}" now`;
    }
    if (!existsSync(path.join(folder, RUN_FILES.verdict))) {
      return 'it has no verdict: it is still running, or was killed; `report` judges it';
    }
    return undefined;
  };
  const leftOut = found.flatMap((run): LeftOutRun[] => {
    const why = whyNot(run);
    return why === undefined ? [] : [{ folder: run.folder, why }];
  });
  const known = found.filter((run) => whyNot(run) === undefined);
  const runs: DocumentedRun[] = [];
  for (const { folder, params } of [...newestRuns(known), ...newestBrokenRuns(known)]) {
    const experiment = experimentOf(params);
    if (experiment === undefined) continue;
    try {
      runs.push(await readOne(folder, experiment));
    } catch (thrown) {
      problems.push(`cannot document ${folder}: ${toError(thrown).message}`);
    }
  }
  return { runs, leftOut, problems };
}

/** All runs with their params, in the order of time, whichever folder they are in. */
async function findAll(folders: readonly string[], problems: string[]): Promise<readonly FoundRun[]> {
  const found: FoundRun[] = [];
  for (const folder of folders) {
    try {
      const runs = await findRuns(folder);
      if (runs.length === 0) throw new Error('expected params.json in it or in its folders');
      for (const run of runs) {
        try {
          found.push({ folder: run, params: await readParams(run) });
        } catch (thrown) {
          problems.push(`cannot document ${run}: ${toError(thrown).message}`);
        }
      }
    } catch (thrown) {
      problems.push(`cannot document ${folder}: ${toError(thrown).message}`);
    }
  }
  const timeOf = ({ folder, params }: FoundRun) => `${params.startedAt} ${path.basename(folder)}`;
  return found.sort((left, right) => (timeOf(left) < timeOf(right) ? -1 : 1));
}

async function readOne(folder: string, experiment: Experiment): Promise<DocumentedRun> {
  const data = await readRun(folder);
  const verdict = verdictOf(data.params, experiment.evaluate(data));
  // Runs that were broken on purpose are counted, not shown.
  const [first] = data.params.mutation === undefined ? experiment.figures(data) : [];
  const figures = first === undefined ? [] : [drawForPage(createFigurePainter(data), first, first.id)];
  return { params: data.params, verdict, figures };
}
