// Which chart draws which figure.
import type { Figure } from '../figure';
import type { RunRecords } from '../records/run-data';
import type { Drawing } from './chart';
import { drawBars } from './charts/bars-chart';
import { drawDots } from './charts/dots-chart';
import { drawLatency } from './charts/latency-chart';
import { drawRate } from './charts/rate-chart';
import { drawReplicas } from './charts/replicas-chart';
import { drawSeries } from './charts/series-chart';
import { drawShare } from './charts/share-chart';
import { type PodStyles, stylePods } from './pod-names';

/** Draws the figures of one run, all with the same colours for the same pods. */
export interface FigurePainter {
  draw(figure: Figure, width: number): Drawing;
}

export function createFigurePainter(data: RunRecords): FigurePainter {
  const pods = stylePods(data);
  return { draw: (figure, width) => drawFigure(figure, data, pods, width) };
}

function drawFigure(figure: Figure, data: RunRecords, pods: PodStyles, width: number): Drawing {
  const context = { data, pods, width };
  switch (figure.kind) {
    case 'rate':
      return drawRate(figure, context);
    case 'share':
      return drawShare(figure, context);
    case 'latency':
      return drawLatency(figure, context);
    case 'replicas':
      return drawReplicas(figure, context);
    case 'bars':
      return drawBars(figure, context);
    case 'dots':
      return drawDots(figure, context);
    case 'series':
      return drawSeries(figure, context);
  }
}
