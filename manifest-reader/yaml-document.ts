// YAML as the programs read it that get it as a file of a ConfigMap: Envoy, Prometheus. To be read, written anew, or
// changed in place, which leaves comments and everything else as they stand. The API server's reading is another one.
import { type Document, isMap, isScalar, isSeq, parse, parseDocument, stringify } from 'yaml';

/** Keys of maps and positions in lists, from the top. */
export type YamlPath = readonly (string | number)[];

/** One document while it is being changed. */
export interface YamlDocument {
  /** The value at `path`, of plain maps, lists and scalars; undefined when there is none. */
  get(path: YamlPath): unknown;
  /** How many items the list at `path` has; undefined when there is no list. */
  itemsAt(path: YamlPath): number | undefined;
  /** Replaces or adds the value at `path`. false, and nothing changes, when what lies above is neither a map nor a list. */
  set(path: YamlPath, value: unknown): boolean;
  /** false when there was no value at `path`. */
  remove(path: YamlPath): boolean;
  /** The document as it is now; no line is wrapped. */
  text(): string;
}

/** The value of the one document in `text`. @throws Error saying where in the text it is broken */
export function parseYaml(text: string): unknown {
  return parse(text);
}

/** `value`, made of plain maps, lists and scalars, as one document. */
export function formatYaml(value: unknown): string {
  return stringify(value);
}

/** @throws Error saying where in the text it is broken */
export function openYaml(text: string): YamlDocument {
  const document: Document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(problem.message);
  return {
    get: (path) => {
      const node = document.getIn(path, true);
      if (isScalar(node)) return node.value;
      return isMap(node) || isSeq(node) ? node.toJSON() : undefined;
    },
    itemsAt: (path) => {
      const node = document.getIn(path, true);
      return isSeq(node) ? node.items.length : undefined;
    },
    set: (path, value) => {
      const parent = document.getIn(path.slice(0, -1), true);
      if (!isMap(parent) && !isSeq(parent)) return false;
      document.setIn(path, document.createNode(value));
      return true;
    },
    remove: (path) => document.deleteIn(path),
    text: () => document.toString({ lineWidth: 0 }),
  };
}
