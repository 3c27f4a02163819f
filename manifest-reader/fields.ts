// Reads typed fields out of parsed YAML and says exactly where something is not as expected. Types are those of the API
// server: text is not a number, and a field that is null is not set. Knows no kind of object.

/** A value inside a manifest, and where it lies. A wrong type is reported; what is returned then stands for nothing. */
export interface Field {
  readonly at: string;
  /** undefined when it is not there or null. */
  readonly value: unknown;
  /** A key of a map, or a position in a list; its value is undefined when it is not there. */
  get(key: string | number): Field;
  text(): string;
  optionalText(): string | undefined;
  /** A whole number of at most 32 bits. */
  integer(): number;
  /** The number, or `unset` when the field is absent: Kubernetes' own default. */
  integerOr(unset: number): number;
  /** A quantity, which may be written as a number: `300m`, `2`. */
  quantity(): string;
  /** The items of a list; none when the field is absent. */
  items(): readonly Field[];
  /** The values of a map; none when the field is absent. */
  entries(): readonly (readonly [string, Field])[];
  /** Reports that this field breaks a constraint. */
  refuse(expected: string): void;
}

/** Manifests are not as expected; each problem has the file and the path inside it. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ManifestError';
  }
}

export type Report = (problem: string) => void;

/** `FILE: PATH: expected CONSTRAINT, got VALUE` */
export function describeProblem(at: string, expected: string, value: unknown): string {
  return `${at}: expected ${expected}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`;
}

/**
 * What `read` returns.
 * @throws ManifestError with everything that was reported meanwhile, or that `read` threw
 */
export function collectProblems<T>(read: (report: Report) => T): T {
  const problems: string[] = [];
  let result: T;
  try {
    result = read((problem) => problems.push(problem));
  } catch (thrown) {
    if (thrown instanceof ManifestError) problems.push(...thrown.problems);
    // What stood in for a refused value may have led to this.
    else if (problems.length === 0) throw thrown;
    throw new ManifestError(problems);
  }
  if (problems.length > 0) throw new ManifestError(problems);
  return result;
}

const INT32 = 2 ** 31;

/** The field `found` in `at`, a file's name. */
export function field(at: string, found: unknown, report: Report): Field {
  const value = found ?? undefined;
  const isMap = typeof value === 'object' && !Array.isArray(value);
  const refuse = (expected: string) => report(describeProblem(at, expected, value));
  const refused = <T>(expected: string, instead: T): T => {
    refuse(expected);
    return instead;
  };
  const self: Field = {
    at,
    value,
    get: (key) => {
      const inner = Array.isArray(value) || isMap ? (value as Record<string | number, unknown>)[key] : undefined;
      const place = typeof key === 'number' ? `${at}[${key}]` : at.includes(': ') ? `${at}.${key}` : `${at}: ${key}`;
      return field(place, inner, report);
    },
    text: () => (typeof value === 'string' ? value : refused(value === undefined ? 'text' : 'text, in quotes', '')),
    optionalText: () => (value === undefined ? undefined : self.text()),
    integer: () => {
      const isOne = Number.isInteger(value) && (value as number) >= -INT32 && (value as number) < INT32;
      return isOne ? (value as number) : refused('a whole number of 32 bits, without quotes', 0);
    },
    integerOr: (unset) => (value === undefined ? unset : self.integer()),
    quantity: () => (typeof value === 'number' ? String(value) : self.text()),
    items: () => {
      if (value === undefined) return [];
      return Array.isArray(value) ? value.map((_, index) => self.get(index)) : refused('a list', []);
    },
    entries: () => {
      if (value === undefined) return [];
      return isMap ? Object.keys(value as object).map((key) => [key, self.get(key)] as const) : refused('a map', []);
    },
    refuse,
  };
  return self;
}
