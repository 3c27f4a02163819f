// Everything that follows from the three files of a run: its verdict, its summary, its figures and its page.
import type { Experiment } from '../experiment';
import type { RunData } from '../records/run-data';
import { type RunSummary, summarizeRun } from '../records/run-summary';
import { type Verdict, verdictOf } from '../records/verdict';
import { createFigurePainter } from './draw-figure';
import { type DrawnFigure, drawForPage } from './drawn-figure';
import { renderRunPage } from './run-page';

export interface RunReport {
  readonly params: RunData['params'];
  readonly verdict: Verdict;
  readonly summary: RunSummary;
  readonly figures: readonly DrawnFigure[];
  /** The HTML document. */
  readonly page: string;
}

/**
 * @param folderName of the run: keeps names inside its figures apart from those of other runs on one page
 * @throws Error when the run is of another experiment
 */
export function reportRun(data: RunData, experiment: Experiment, folderName: string): RunReport {
  const { params } = data;
  if (experiment.name !== params.experiment) {
    throw new Error(`cannot report the run: expected a run of "${experiment.name}", got one of "${params.experiment}"`);
  }
  const verdict = verdictOf(params, experiment.evaluate(data));
  const summary = summarizeRun(data.calls);
  const painter = createFigurePainter(data);
  const prefix = folderName.replace(/[^\w-]/g, '-');
  const figures = experiment.figures(data).map((figure) => drawForPage(painter, figure, `r${prefix}`));
  return { params, verdict, summary, figures, page: renderRunPage({ data, verdict, summary, figures }) };
}
