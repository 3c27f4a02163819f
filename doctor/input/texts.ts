// The texts that were asked about: files, all manifests in and below folders, standard input.
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';

export interface InputText {
  /** As it is shown: relative to the caller's folder; `stdin` for standard input. */
  readonly name: string;
  readonly text: string;
}

export interface Caller {
  /** The folder that relative paths start from. */
  readonly folder: string;
  readonly readStdin: () => string;
}

const MANIFEST = /\.(yaml|yml|json)$/;
/** Folders of other programs, in which no manifest of the user lies. */
const SKIPPED = /^(\.|node_modules$)/;

/** @param report gets a sentence for each path that cannot be read, or holds nothing that can */
export function readTexts(
  paths: readonly string[],
  { folder, readStdin }: Caller,
  report: (problem: string) => void,
): readonly InputText[] {
  const attempt = <T>(name: string, what: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (thrown) {
      report(`${name}: cannot ${what}: ${reasonOf(thrown)}`);
      return undefined;
    }
  };
  // Standard input can be read only once.
  const texts = [...new Set(paths)].flatMap((asked): readonly InputText[] => {
    if (asked === '-') {
      const text = attempt('stdin', 'read standard input', () => checkedText(readStdin()));
      return text === undefined ? [] : [{ name: 'stdin', text }];
    }
    const full = path.resolve(folder, asked);
    const isFolder = attempt(asked, 'read it', () => statSync(full).isDirectory());
    if (isFolder === undefined) return [];
    const files = isFolder ? (attempt(asked, 'list the folder', () => filesIn(full)) ?? []) : [full];
    if (isFolder && files.length === 0) report(`${asked}: expected a folder with files *.yaml, *.yml or *.json in it`);
    return files.flatMap((file) => {
      const name = shownName(folder, file);
      const text = attempt(name, 'read it', () => readText(file));
      return text === undefined ? [] : [{ name, text }];
    });
  });
  return [...new Map(texts.map((text) => [text.name, text])).values()];
}

const NOT_TEXT = 'expected text in UTF-8, got other bytes';

function readText(file: string): string {
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) throw new Error(NOT_TEXT);
  return checkedText(bytes.toString());
}

/** YAML has no zero bytes; programs, archives and texts in UTF-16 do. */
function checkedText(text: string): string {
  if (text.includes('\0')) throw new Error(NOT_TEXT);
  return text;
}

/** The manifests in and below `folder`, in the order of their names. */
function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : filesIn(full);
    return MANIFEST.test(entry.name) ? [full] : [];
  });
}

function shownName(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

function reasonOf(thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'the rights do not allow it',
  };
  return (code !== undefined && known[code]) || message;
}
