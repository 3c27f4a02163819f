// YAML as text that is changed in places: each change finds its place by the parsed document and replaces those bytes
// alone, so that every other line, comment and blank stays as its author wrote it. Knows no kind of object.
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  Scalar,
  stringify,
} from 'yaml';
import { dedent, indent } from './indentation';

export type YamlPath = readonly (string | number)[];

/** The text does not have what a change expects; the message has the text's name and the path. */
export class YamlTextError extends Error {
  constructor(name: string, path: YamlPath, expected: string) {
    super(`${name}: ${formatPath(path)}: expected ${expected}`);
    this.name = 'YamlTextError';
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

export class YamlText {
  private document: Document.Parsed;

  /** @throws Error when `source` is no YAML */
  constructor(
    /** For messages: a file, or a key in it. */
    readonly name: string,
    private source: string,
  ) {
    this.document = this.parse();
  }

  get text(): string {
    return this.source;
  }

  has(path: YamlPath): boolean {
    return this.document.hasIn(path);
  }

  /** The value at `path` as JSON has it; undefined when it is not there. */
  value(path: YamlPath): unknown {
    const node = this.document.getIn(path, true);
    return isScalar(node) ? node.value : isMap(node) || isSeq(node) ? node.toJS(this.document) : undefined;
  }

  /** Where in the list at `path` the item is whose `key` is `value`. @throws YamlTextError when there is none */
  indexOf(path: YamlPath, key: string, value: unknown): number {
    const items = this.value(path);
    const index = Array.isArray(items) ? items.findIndex((item) => item?.[key] === value) : -1;
    if (index === -1) throw new YamlTextError(this.name, path, `an item whose ${key} is ${JSON.stringify(value)}`);
    return index;
  }

  /** Gives the scalar at `path` another value. Text in quotes stays in quotes. */
  set(path: YamlPath, value: string | number): void {
    const node = this.node(path);
    if (!isScalar(node)) throw new YamlTextError(this.name, path, 'one value');
    const isQuoted = node.type === Scalar.QUOTE_DOUBLE && typeof value === 'string';
    this.splice(rangeOf(node), isQuoted ? JSON.stringify(value) : scalarText(value));
  }

  /** Replaces the lines of a block scalar (`|`, `>-`). */
  setBlock(path: YamlPath, content: string): void {
    const span = rangeOf(this.node(path));
    const old = this.source.slice(span.from, span.to);
    const header = /^[|>][-+]?/.exec(old)?.[0];
    const margin = /\n( *)\S/.exec(old)?.[1];
    if (header === undefined || margin === undefined) throw new YamlTextError(this.name, path, 'a block of text');
    this.splice(span, `${header}\n${indent(content.replace(/\n*$/, '\n'), margin)}`);
  }

  /** Replaces the map at `path`, one entry a line, by these entries. */
  setEntries(path: YamlPath, entries: Readonly<Record<string, string>>): void {
    const node = this.node(path);
    if (!isMap(node)) throw new YamlTextError(this.name, path, 'a map');
    const span = { from: rangeOf(node).from, to: endOfContent(node) };
    const margin = ' '.repeat(span.from - this.lineStart(span.from));
    const lines = Object.entries(entries).map(([key, value]) => `${scalarText(key)}: ${scalarText(value)}`);
    this.splice(span, lines.join(`\n${margin}`));
  }

  /** Replaces what stands at `path`, whatever it is, by `source`, YAML on one line. */
  setSource(path: YamlPath, source: string): void {
    const node = this.node(path);
    this.splice({ from: rangeOf(node).from, to: endOfContent(node) }, source);
  }

  /** Takes away a key of a map, or an item of a list, with the comments above it. */
  remove(path: YamlPath): void {
    this.splice(this.linesOf(path), '');
  }

  /** The lines of an item of a list, with the comments above it, as a text of its own: a list of one. */
  item(path: YamlPath): YamlText {
    const { from, to } = this.linesOf(path);
    return new YamlText(`${this.name}: ${formatPath(path)}`, dedent(this.source.slice(from, to)));
  }

  /** Puts these items in the place of the one at `path`. */
  replaceItem(path: YamlPath, items: readonly string[]): void {
    const span = this.linesOf(path);
    const margin = ' '.repeat(marginOf(this.source.slice(span.from, span.to)));
    this.splice(span, items.map((text) => indent(text, margin)).join(''));
  }

  /** Replaces the comment lines right above the item or key at `path`; none takes them away. */
  setCommentAbove(path: YamlPath, lines: readonly string[]): void {
    const span = this.linesOf(path);
    const old = this.source.slice(span.from, span.to);
    const content = old.replace(/^(?:[ \t]*(?:#.*)?\n)*/, '');
    const margin = ' '.repeat(marginOf(content));
    const blank = /^[ \t]*\n/.test(old) ? '\n' : '';
    this.splice(span, `${blank}${lines.map((line) => `${margin}# ${line}\n`).join('')}${content}`);
  }

  /** Gives the scalar at `path` another value, and its line another comment. A value that stays keeps its comment. */
  change(path: YamlPath, value: string | number, comment: string): void {
    if (this.value(path) === value) return;
    this.set(path, value);
    this.setCommentBeside(path, comment);
  }

  /** Gives the line on which the scalar at `path` ends another comment. */
  setCommentBeside(path: YamlPath, comment: string): void {
    const { to } = rangeOf(this.node(path));
    const end = this.source.indexOf('\n', to);
    const rest = this.source.slice(to, end);
    // In `{ a: 1 }` the line goes on after the value.
    this.splice({ from: to, to: end }, `${rest.replace(/ +#.*$/, '')} # ${comment}`);
  }

  private parse(): Document.Parsed {
    const document = parseDocument(this.source);
    if (document.errors[0] !== undefined) throw new Error(`${this.name}: ${document.errors[0].message}`);
    return document;
  }

  private node(path: YamlPath): ParsedNode {
    const node = this.document.getIn(path, true);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) throw new YamlTextError(this.name, path, 'a value');
    return node as ParsedNode;
  }

  private splice({ from, to }: Span, text: string): void {
    this.source = this.source.slice(0, from) + text + this.source.slice(to);
    this.document = this.parse();
  }

  private lineStart(offset: number): number {
    return this.source.lastIndexOf('\n', offset - 1) + 1;
  }

  /** From the first comment or blank line above to the end of the last line. */
  private linesOf(path: YamlPath): Span {
    const node = this.node(path);
    const parent = this.document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
    const first = pair === undefined ? node : (pair.key as ParsedNode);
    let from = this.lineStart(rangeOf(first).from);
    for (;;) {
      const above = this.lineStart(from - 1);
      if (from === 0 || !/^[ \t]*(?:#.*)?\n$/.test(this.source.slice(above, from))) break;
      from = above;
    }
    const end = this.source.indexOf('\n', endOfContent(node) - 1);
    return { from, to: end === -1 ? this.source.length : end + 1 };
  }
}

function formatPath(path: YamlPath): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}

function rangeOf(node: Node): Span {
  const [from, to] = node.range ?? [0, 0];
  return { from, to };
}

/** Where the last word of a node ends; a collection's own range may go on into comments below it. */
function endOfContent(node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    const inner = isMap(node)
      ? ((last as { value?: Node; key: Node }).value ?? (last as { key: Node }).key)
      : (last as Node);
    if (inner !== undefined) return endOfContent(inner);
  }
  return rangeOf(node).to;
}

function marginOf(lines: string): number {
  return /^(?:[ \t]*\n)*( *)/.exec(lines)?.[1]?.length ?? 0;
}

/** As plain YAML where that means the same, in quotes otherwise. */
function scalarText(value: string | number): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}
