// A figure drawn at every width that a page needs, and as a separate file.
import type { Figure } from '../figure';
import { renderChart, renderChartFile } from './chart';
import type { FigurePainter } from './draw-figure';
import { type Html, html, raw } from './html';
import { FIGURE_WIDTHS } from './page-style';

export interface DrawnFigure {
  readonly id: string;
  readonly kind: Figure['kind'];
  readonly title: string;
  readonly caption: string | undefined;
  /** `<svg>` elements for a page. */
  readonly wide: string;
  readonly narrow: string;
  /** A whole SVG file. */
  readonly file: string;
}

/** @param prefix unique on the page that the figure stands on */
export function drawForPage(painter: FigurePainter, figure: Figure, prefix: string): DrawnFigure {
  const wide = painter.draw(figure, FIGURE_WIDTHS.wide);
  const narrow = painter.draw(figure, FIGURE_WIDTHS.narrow);
  const { id, kind, title, caption } = figure;
  return {
    id,
    kind,
    title,
    caption,
    wide: renderChart(wide, `${prefix}-${id}-w`),
    narrow: renderChart(narrow, `${prefix}-${id}-n`),
    file: renderChartFile(wide, id),
  };
}

export function figureHtml({ title, caption, wide, narrow }: DrawnFigure): Html {
  return html`<figure>
<h3>${title}</h3>
<div class="wide">${raw(wide)}</div>
<div class="narrow">${raw(narrow)}</div>
${caption !== undefined && html`<figcaption>${caption}</figcaption>`}
</figure>
`;
}
