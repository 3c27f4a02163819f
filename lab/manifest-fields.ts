// Reads typed fields out of parsed YAML and says exactly where something is not as expected. Knows no kind of object.

/** A value inside a manifest, and where it lies. */
export interface Field {
  readonly at: string;
  readonly value: unknown;
  /** A key of a map, or a position in a list; its value is undefined when it is not there. */
  get(key: string | number): Field;
  /** @throws ManifestError unless it is text (or a number or boolean, as text). */
  text(): string;
  optionalText(): string | undefined;
  number(): number;
  /** The number, or `unset` when the field is absent: Kubernetes' own default. */
  numberOr(unset: number): number;
  /** The items of a list; none when the field is absent. */
  items(): readonly Field[];
  /** The values of a map; none when the field is absent. */
  entries(): readonly (readonly [string, Field])[];
}

/** A manifest is not as the lab expects; the message has the file and the path inside it. */
export class ManifestError extends Error {
  constructor(at: string, expected: string, value: unknown) {
    super(`${at}: expected ${expected}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
    this.name = 'ManifestError';
  }
}

/** The field `value` found in `at`, a file's name. */
export function field(at: string, value: unknown): Field {
  const fail = (expected: string): never => {
    throw new ManifestError(at, expected, value);
  };
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const self: Field = {
    at,
    value,
    get: (key) => {
      const inner = Array.isArray(value) || isMap ? (value as Record<string | number, unknown>)[key] : undefined;
      return field(
        typeof key === 'number' ? `${at}[${key}]` : at.includes(': ') ? `${at}.${key}` : `${at}: ${key}`,
        inner,
      );
    },
    text: () => {
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : fail('text');
    },
    optionalText: () => (value === undefined || value === null ? undefined : self.text()),
    number: () => (typeof value === 'number' ? value : fail('a number')),
    numberOr: (unset) => (value === undefined ? unset : self.number()),
    items: () => {
      if (value === undefined) return [];
      return Array.isArray(value) ? value.map((_, index) => self.get(index)) : fail('a list');
    },
    entries: () => {
      if (value === undefined) return [];
      return isMap ? Object.keys(value).map((key) => [key, self.get(key)] as const) : fail('a map');
    },
  };
  return self;
}
