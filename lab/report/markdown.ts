// Markdown as GitHub reads it: text that stays as it is written, and tables.

/** Characters that begin something in Markdown; `_` only at the edge of a word, where it would. */
const SPECIAL = /[\\`*[\]<>|~$]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)/g;

/** Text from records on one line, so that a reader sees exactly its characters. */
export function plainText(text: string): string {
  return text
    .replace(SPECIAL, (character) => (character === '&' ? '&amp;' : `\\${character}`))
    .replace(/\s*\n\s*/g, ' ');
}

/** A name as code. Within a table a `|` would end the cell even there. */
export function code(name: string): string {
  return `\`${name.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
