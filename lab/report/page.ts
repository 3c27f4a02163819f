// The frame of every page: one file, no script, nothing fetched from anywhere.
import { type Html, html, raw } from './html';
import { pageStyle } from './page-style';

export interface Page {
  readonly title: string;
  readonly body: Html;
}

/** A whole HTML document as text. */
export function renderPage({ title, body }: Page): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(pageStyle())}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return document.text;
}

/** Rows of a name and a value. */
export function definitionTable(rows: readonly (readonly [name: string, value: string | Html])[]): Html {
  return html`<table class="list"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`,
  )}</tbody></table>`;
}
