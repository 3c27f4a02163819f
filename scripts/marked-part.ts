// A part of a document that a command writes: what stands between two marks is replaced, the rest is left alone.

export interface Marks {
  readonly begin: string;
  readonly end: string;
}

/** @param content ends with a line break @throws Error when the marks are not there, with `who` and `where` in its words */
export function withPart(text: string, { begin, end }: Marks, content: string, who: string, where: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${who}: expected ${begin} and ${end} in ${where}`);
  return `${text.slice(0, from + begin.length)}\n${content}${text.slice(to)}`;
}
