// How a page looks: one column to read, wide enough for a chart, in the reader's own light or dark.

import { colourStyles } from '../../drawing/palette';
import { FONT_STACK } from './chart';

/** Widths that every figure is drawn at, px; the page shows the one that fits. */
export const FIGURE_WIDTHS = { wide: 860, narrow: 364 } as const;
/** Pages narrower than this show the narrow figures, px. */
const SWITCH_PX = 760;

export function pageStyle(): string {
  return `${colourStyles(':root')}\n${LAYOUT}`;
}

const LAYOUT = `
*{box-sizing:border-box}
html{background:var(--paper);-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:${FIGURE_WIDTHS.wide + 40}px;padding:40px 20px 72px;color:var(--ink);
font:16px/1.55 ${FONT_STACK};overflow-wrap:anywhere}
h1{margin:4px 0 14px;font-size:30px;line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
h2{margin:52px 0 14px;font-size:20px;line-height:1.3}
h3{margin:0 0 10px;font-size:16px;line-height:1.4}
p{margin:0 0 14px;max-width:70ch}
a{color:var(--first);text-underline-offset:2px}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
pre{margin:0 0 12px;padding:12px 14px;background:var(--sheet);border-radius:6px;overflow-x:auto;white-space:pre-wrap}
.over{color:var(--quiet);font-size:14px}
.quiet,figcaption{color:var(--quiet);font-size:14px;line-height:1.5}
.badge{display:inline-block;margin:0 0 18px;padding:5px 14px 5px 10px;border:1.5px solid currentColor;border-radius:999px;
font-weight:600;font-size:15px;line-height:1.4}
.good{color:var(--good)}.bad{color:var(--bad)}.neutral{color:var(--quiet)}
.notice{margin:0 0 18px;padding:10px 14px;border-left:4px solid var(--second);background:var(--sheet);border-radius:0 6px 6px 0}
table{width:100%;border-collapse:collapse;font-size:15px;line-height:1.45;font-variant-numeric:tabular-nums}
th{padding:6px 14px 6px 0;text-align:left;font-weight:600;font-size:13px;color:var(--quiet);border-bottom:1.5px solid var(--rule)}
td{padding:9px 14px 9px 0;vertical-align:top;border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
.number{white-space:nowrap;text-align:right}
.sign{width:22px;padding-right:4px;font-weight:700}
.detail{display:block;color:var(--quiet);font-size:13.5px}
.list th{width:34%;border-bottom:1px solid var(--rule);font-size:14px;font-weight:400;vertical-align:top;padding:6px 14px 6px 0}
.list td{padding:6px 0}
figure{margin:0 0 40px}
figure svg{display:block;width:100%;height:auto}
figcaption{margin-top:10px;max-width:70ch}
.wide{max-width:${FIGURE_WIDTHS.wide}px}.narrow{display:none;max-width:520px}
details{margin:0 0 12px}summary{cursor:pointer;font-weight:600}
details table{margin-top:10px;font-size:14px}
.card{margin:0 0 28px;padding:22px 20px 4px;border:1px solid var(--rule);border-radius:10px}
.card h3{font-size:19px;margin-bottom:8px}.card figure{margin-bottom:20px}.card figure h3{font-size:15px}
.card tr:last-child td,.card tr:last-child{border-bottom:0}
@media (max-width:${SWITCH_PX}px){
body{padding:24px 18px 56px}h1{font-size:25px}h2{margin-top:40px}
.wide{display:none}.narrow{display:block}
.stack thead{display:none}
.stack tr{display:block;padding:10px 0;border-bottom:1px solid var(--rule)}
.stack td{display:block;padding:2px 0;border:0;text-align:left;white-space:normal}
.stack td[data-name]::before{content:attr(data-name) ": ";color:var(--quiet);font-size:13.5px}
.stack .sign{float:left;width:24px}.stack .sign+td{padding-left:24px}.stack td[data-name]{padding-left:24px}
.card{padding:16px 14px 2px}
}
@media print{body{max-width:none;padding:0}figure,tr{break-inside:avoid}}
`;
