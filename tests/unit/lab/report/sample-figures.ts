// The figures of sample runs, and one of them drawn.
import assert from 'node:assert/strict';
import type { Figure } from '../../../../lab/figure';
import { renderChart } from '../../../../lab/report/chart';
import { createFigurePainter } from '../../../../lab/report/draw-figure';
import { SAMPLE_EXPERIMENTS } from '../../../support/sample-experiments/all';
import type { evenRun } from '../../../support/sample-runs';

export const figuresOf = (run: ReturnType<typeof evenRun>): readonly Figure[] =>
  SAMPLE_EXPERIMENTS.find(({ name }) => name === run.params.experiment)?.figures(run) ?? [];

export function draw(run: ReturnType<typeof evenRun>, id: string, width = 860): string {
  const figure = figuresOf(run).find((each) => each.id === id);
  assert.ok(figure, id);
  return renderChart(createFigurePainter(run).draw(figure, width), 'test');
}
