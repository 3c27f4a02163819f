// Turns a drawing into SVG text: the only caller of the chart library. Equal drawings give equal text.
import { type EChartsOption, init } from 'echarts';
import { colourStyles, themed } from '../../drawing/palette';
import { escapeHtml } from './html';
import { withoutHiddenPoints } from './straight-lines';

/** A chart as the library wants it, of a fixed size in px. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
  /** The description for a reader who cannot see it. */
  readonly description: string;
}

export const FONT_STACK =
  'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif';

/** The `<svg>` element, for a page that declares the colours. `id` keeps the names inside it unique on the page. */
export function renderChart({ width, height, option, description }: Drawing, id: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ ...option, animation: false, textStyle: { fontFamily: 'inherit', fontSize: 12 } });
  const text = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  return withoutHiddenPoints(withoutBehaviour(text))
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/^<svg [^>]*>/, `<svg ${svgAttributes({ width, height, description })}>`);
}

/** A standalone file, with the colours, a background and a font: for a README. */
export function renderChartFile(drawing: Drawing, id: string): string {
  return svgFile(drawing, `${renderChart(drawing, id).replace(/^<svg [^>]*>/, '')}\n`);
}

/** The same around any SVG. @param content begins after the `<svg>` and includes its end */
export function svgFile({ width, height, description }: Omit<Drawing, 'option'>, content: string): string {
  const margin = 12;
  const box = `viewBox="${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}"`;
  const size = `width="${width + 2 * margin}" height="${height + 2 * margin}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(description)}" ${size} ${box}>`,
    `<title>${escapeHtml(description)}</title>`,
    `<style>\n${colourStyles('svg')}\nsvg{font-family:${FONT_STACK.replaceAll('"', "'")}}\n</style>`,
    `<rect x="${-margin}" y="${-margin}" width="100%" height="100%" fill="${themed('paper')}"/>`,
    content,
  ].join('\n');
}

/** The library adds what a pointer would do; a picture has no pointer. */
function withoutBehaviour(svg: string): string {
  return svg
    .replace(/<style\s*>[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/<rect width="\d+" height="\d+" x="0" y="0" [^>]*fill="none"[^>]*><\/rect>\s*/, '');
}

function svgAttributes({ width, height, description }: Omit<Drawing, 'option'>): string {
  return `role="img" aria-label="${escapeHtml(description)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
}
