// The page as one document: markup, style, colours and script in one file, so that it needs nothing from anywhere and can be
// saved as it is. The script is written as modules, which are put one after the other.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { colourStyles, POD_COLOURS } from '../../drawing/palette';

export interface PageDocument {
  readonly html: string;
  /** The Content-Security-Policy under which it works: its own script and no other, requests to its own server alone. */
  readonly policy: string;
}

/** In the order of dependence: a module may import those before it. */
export const MODULES = [
  'words',
  'live-state',
  'bands',
  'band-chart',
  'pod-table',
  'story',
  'stream',
  'controls',
  'saved-page',
  'page',
] as const;

const STYLES = ['page', 'chart', 'table', 'narrow'];

const OPENING = '<script>';
const FOLDER = path.join(__dirname, 'browser');

export function readPageDocument(): PageDocument {
  const read = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');
  const script = joinModules(MODULES.map((name) => read(`${name}.mjs`)));
  const pods = POD_COLOURS.map((colour, place) => `--pod-${place}:${colour}`).join(';');
  const style = `${colourStyles(':root')}\n:root{${pods}}\n${STYLES.map((name) => read(`${name}.css`)).join('')}`;
  const html = read('page.html')
    .replace('/* style */', () => style)
    .replace('/* script */', () => script);
  const inside = html.slice(html.indexOf(OPENING) + OPENING.length, html.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(inside).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

/** One script out of modules that import only each other, in the order of dependence. */
export function joinModules(modules: readonly string[]): string {
  const bodies = modules.map((text) => text.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, ''));
  const end = bodies.findIndex((body) => /<\/script|<!--/i.test(body));
  if (end >= 0) throw new Error(`module ${end + 1} of the page: a script element would end in the middle of it`);
  return `(() => {\n'use strict';\n${bodies.join('\n')}\n})();\n`;
}
