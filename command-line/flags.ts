// Reads the words of a command line after a table of flags. Every problem is kept for one report instead of ending it at
// the first, as parseArgs by itself would.
import { parseArgs } from 'node:util';

export type FlagTable = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;

export interface FlagReader<Flag extends string> {
  /** Arguments that are not flags, in order. */
  readonly words: readonly string[];
  /** The flags that were given, in order. */
  readonly given: readonly Flag[];
  has(flag: Flag): boolean;
  text(flag: Flag): string | undefined;
  /** `parse` of the flag's value; undefined, and a problem, when that is. @param expected what the value should be */
  read<T>(flag: Flag, expected: string, parse: (text: string) => T | undefined): T | undefined;
}

/** @param problems what is wrong is added there, one sentence each */
export function readFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
  problems: string[],
): FlagReader<keyof Table & string> {
  type Flag = keyof Table & string;
  const { tokens } = parseArgs({
    args: [...args],
    options: table,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const values = new Map<Flag, string | undefined>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(table, token.name)) {
      problems.push(`${token.rawName}: no such option`);
      continue;
    }
    const flag = token.name as Flag;
    const takesValue = table[flag]?.type === 'string';
    if (!takesValue && token.value !== undefined) problems.push(`--${flag}: takes no value, got "${token.value}"`);
    else if (takesValue && isNoValue(token.value)) problems.push(`--${flag}: expected a value`);
    else values.set(flag, token.value);
  }
  return {
    words,
    given: [...values.keys()],
    has: (flag) => values.has(flag),
    text: (flag) => values.get(flag),
    read: (flag, expected, parse) => {
      const text = values.get(flag);
      if (text === undefined) return undefined;
      const value = parse(text);
      if (value === undefined) problems.push(`--${flag}: expected ${expected}, got "${text}"`);
      return value;
    },
  };
}

/** `--seed --quick`: the next flag is not a value. */
function isNoValue(text: string | undefined): boolean {
  return text === undefined || text === '' || text.startsWith('--');
}
