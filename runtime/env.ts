// Settings from environment variables: one table per service says name, constraint, default and meaning, and
// everything that is wrong is reported at once. Knows no particular setting.
import { ConfigError } from './errors';

/** One variable. `parse` returns the value, or the constraint that the text breaks ("expected an integer …"). */
export interface Setting<T> {
  readonly name: string;
  /** What the variable defaults to, as text; undefined where the default depends on the machine or is "off". */
  readonly fallback: string | undefined;
  readonly meaning: string;
  readonly parse: (text: string) => Parsed<T>;
  /** The value when the variable is unset or empty. */
  readonly unset: T;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };
export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads every setting of `settings` from `env`; an empty variable counts as unset. `check` adds problems that only
 * several values together have; it runs when each value alone is sound.
 * @throws ConfigError with one line per problem: `GRPC_PORT: expected an integer 1-65535, got "abc"`
 */
export function readSettings<S extends Settings>(
  settings: S,
  env: Env,
  check: (values: Values<S>) => readonly string[] = () => [],
): Values<S> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, setting] of Object.entries(settings)) {
    const text = env[setting.name]?.trim() ?? '';
    if (text === '') {
      values[key] = setting.unset;
      continue;
    }
    const parsed = setting.parse(text);
    if (parsed.ok) values[key] = parsed.value;
    else problems.push(`${setting.name}: expected ${parsed.expected}, got ${JSON.stringify(text)}`);
  }
  if (problems.length === 0) problems.push(...check(values as Values<S>));
  if (problems.length > 0) throw new ConfigError(problems);
  return values as Values<S>;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export function integer(name: string, unset: number, { min, max }: Range, meaning: string): Setting<number> {
  return {
    name,
    fallback: String(unset),
    meaning,
    unset,
    parse: (text) => parseNumber(text, /^-?\d+$/, 'an integer', min, max),
  };
}

export function port(name: string, unset: number, meaning: string): Setting<number> {
  return integer(name, unset, { min: 0, max: 65535 }, meaning);
}

/** A number that may have a fraction: `MAX_STREAM_AGE_JITTER=0.1`. */
export function number(name: string, unset: number, { min, max }: Range, meaning: string): Setting<number> {
  const parse = (text: string) => parseNumber(text, /^-?\d+(\.\d+)?$/, 'a number', min, max);
  return { name, fallback: String(unset), meaning, unset, parse };
}

/** The same, or undefined when unset: `RATE=1.5`. */
export function optionalNumber(name: string, range: Range, meaning: string): Setting<number | undefined> {
  return { ...number(name, 0, range, meaning), fallback: undefined, unset: undefined };
}

export function boolean(name: string, unset: boolean, meaning: string): Setting<boolean> {
  const parse = (text: string): Parsed<boolean> =>
    text === 'true' || text === 'false'
      ? { ok: true, value: text === 'true' }
      : { ok: false, expected: 'true or false' };
  return { name, fallback: String(unset), meaning, unset, parse };
}

export function oneOf<T extends string>(name: string, unset: T, choices: readonly T[], meaning: string): Setting<T> {
  const parse = (text: string): Parsed<T> => {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { ok: false, expected: `one of ${choices.join('|')}` } : { ok: true, value };
  };
  return { name, fallback: unset, meaning, unset, parse };
}

/** Free text; `pattern` says what it must look like and `expected` says so in words. */
export function text(
  name: string,
  unset: string,
  meaning: string,
  {
    pattern = /^[^\u0000-\u001f]*$/u,
    expected = 'text without control characters',
    fallback = unset as string | undefined,
  } = {},
): Setting<string> {
  const parse = (value: string): Parsed<string> =>
    pattern.test(value) ? { ok: true, value } : { ok: false, expected };
  return { name, fallback, meaning, unset, parse };
}

/** Free text that may be left out. */
export function optionalText(name: string, meaning: string): Setting<string | undefined> {
  return { name, fallback: undefined, meaning, unset: undefined, parse: (value) => ({ ok: true, value }) };
}

function parseNumber(text: string, shape: RegExp, kind: string, min: number, max: number): Parsed<number> {
  const value = Number(text);
  if (shape.test(text) && value >= min && value <= max) return { ok: true, value };
  return { ok: false, expected: `${kind} ${min}-${max}` };
}
