// The comments of YAML text. Values are never touched: a comment begins with "#" at the start of a line or after a blank.

const COMMENT = /(^|[ \t])#(?: .*)?$/gm;

/** Every comment with these words replaced, the first that fits; words are whole, so that `envoy` leaves `envoy-1` alone. */
export function renameInComments(text: string, words: readonly (readonly [string, string])[]): string {
  const known = new Map(words);
  const escaped = words.map(([word]) => word.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  if (escaped.length === 0) return text;
  const pattern = new RegExp(`(?<![\\w-])(?:${escaped.join('|')})(?![\\w-])`, 'g');
  const renamed = text.replace(COMMENT, (comment) => comment.replace(pattern, (word) => known.get(word) ?? word));
  return wrapComments(renamed);
}

const COLUMNS = 120;

/** Longer names make longer lines: of lines that are nothing but a comment, what is too much goes on to a line below. */
function wrapComments(text: string): string {
  return text.replace(/^( *# )(.*)$/gm, (line, margin: string) => {
    const lines: string[] = [];
    let rest = line;
    while (rest.length > COLUMNS) {
      const end = rest.lastIndexOf(' ', COLUMNS);
      if (end <= margin.length) break;
      lines.push(rest.slice(0, end));
      rest = margin + rest.slice(end + 1);
    }
    return [...lines, rest].join('\n');
  });
}

/** The text without its comments, and without blank lines. */
export function stripComments(text: string): string {
  return text
    .replace(COMMENT, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
