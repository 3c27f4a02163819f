// A value of YAML that knows where it stands. Asking for what is not there gives nothing, never an error: what the value
// should be is the asker's business.

/** Where something stands. Lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** The line inside a text that the file holds in one line, such as a ConfigMap in JSON. */
  readonly inner?: number;
  /** The path of a field, such as `spec.ports[0]`, of an object that stands in no file; its line then is 0. */
  readonly field?: string;
}

export interface Placed {
  /** undefined when it is not there or null. */
  readonly value: unknown;
  /** Of the key, or of the item in a list; of what it is missing in, when it is not there. */
  readonly place: Place;
  /** The last line that belongs to it. */
  readonly lastLine: number;
  /** `get('spec', 'ports', 0)`. */
  get(...path: readonly (string | number)[]): Placed;
  /** The text, or undefined when it is anything else. */
  text(): string | undefined;
  /** The number; of text that is one too, as Envoy has it. */
  number(): number | undefined;
  /** The items of a list; none of anything else. */
  items(): readonly Placed[];
  /** The values of a map; none of anything else. */
  entries(): readonly (readonly [string, Placed])[];
  /** What is directly in it, of a list or a map. */
  inner(): readonly Placed[];
  /** For a text: where each of its lines stands. */
  placeOfLine(line: number): Place;
}

/** What a reader of YAML knows of one value. */
export interface PlacedParts {
  readonly value: unknown;
  readonly place: Place;
  readonly lastLine: number;
  readonly inner: ReadonlyMap<string, Placed> | readonly Placed[] | undefined;
  /** The line of the file that the first line of the text comes after: of a block scalar written with `|`. */
  readonly literalAfter: number | undefined;
}

export function placed({ value, place, lastLine, inner, literalAfter }: PlacedParts): Placed {
  const child = (key: string | number): Placed => {
    const found = isList(inner) ? inner[Number(key)] : inner?.get(String(key));
    return found ?? nothingAt(place);
  };
  return {
    value: value ?? undefined,
    place,
    lastLine,
    get: (...path) => {
      const [key, ...rest] = path;
      if (key === undefined) return placed({ value, place, lastLine, inner, literalAfter });
      return rest.length === 0 ? child(key) : child(key).get(...rest);
    },
    text: () => (typeof value === 'string' ? value : undefined),
    number: () => {
      if (typeof value === 'number') return value;
      return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
    },
    items: () => (isList(inner) ? inner : []),
    entries: () => (inner === undefined || isList(inner) ? [] : [...inner]),
    inner: () => (isList(inner) ? inner : [...(inner?.values() ?? [])]),
    placeOfLine: (line) =>
      literalAfter === undefined ? { ...place, inner: line } : { file: place.file, line: literalAfter + line },
  };
}

function isList(inner: PlacedParts['inner']): inner is readonly Placed[] {
  return Array.isArray(inner);
}

export function nothingAt(place: Place): Placed {
  return placed({ value: undefined, place, lastLine: place.line, inner: undefined, literalAfter: undefined });
}
