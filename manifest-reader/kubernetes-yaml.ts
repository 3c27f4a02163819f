// YAML as the API server has it once kubectl has read it. What stands inside a ConfigMap as text is not its business: who
// reads that has rules of its own.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { refuseMultiplied } from './alias-size';
import { KUBERNETES_TAGS } from './kubernetes-scalars';

export const MERGE = '<<';

/**
 * The values of all documents in `text`, those without content left out.
 * @throws Error saying where in the text kubectl would find it broken
 */
export function parseKubernetesYaml(text: string): readonly unknown[] {
  const values = parseKubernetesDocuments(text).map((document) => toValue(document.contents, document, []));
  return values.filter((value) => value !== null);
}

/**
 * The documents of `text`, whose nodes know where they stand.
 * @throws Error as parseKubernetesYaml()
 */
export function parseKubernetesDocuments(text: string, lineCounter = new LineCounter()): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    customTags: (tags) => [...KUBERNETES_TAGS, ...tags],
    version: '1.1',
    // Of two equal keys the second counts.
    uniqueKeys: false,
    lineCounter,
  });
  for (const document of documents as readonly Document.Parsed[]) {
    const tag = document.warnings.find(
      ({ code, message }) => code === 'TAG_RESOLVE_FAILED' && /yaml\.org/.test(message),
    );
    const problem = document.errors[0] ?? tag;
    if (problem !== undefined) throw new Error(problem.message);
    refuseMultiplied(document);
    const { explicit, version } = document.directives.yaml;
    if (explicit === true && version !== '1.1') throw new Error(`expected YAML 1.1, got %YAML ${version}`);
  }
  return documents as readonly Document.Parsed[];
}

/** The value of the one document in `text`; null when it has no content. @throws Error also when there are more */
export function parseOneKubernetesYaml(text: string): unknown {
  const values = parseKubernetesYaml(text);
  if (values.length > 1) throw new Error(`expected one document, got ${values.length}`);
  return values[0] ?? null;
}

/** @param inside the nodes that `node` is in */
export function toValue(node: unknown, document: Document.Parsed, inside: readonly unknown[]): unknown {
  if (inside.includes(node)) throw new Error('expected a value, got an anchor that contains itself');
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (target === undefined) throw new Error(`expected the name of an anchor above, got *${node.source}`);
    return toValue(target, document, inside);
  }
  const within = [...inside, node];
  if (isSeq(node)) return node.items.map((item) => toValue(item, document, within));
  if (isMap(node)) return mapToValue(node, document, within);
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`expected a number of JSON, got ${value}`);
  return value;
}

function mapToValue(map: YAMLMap, document: Document.Parsed, inside: readonly unknown[]): Record<string, unknown> {
  const entries = new Map<string, unknown>();
  for (const { key, value } of map.items) {
    if (isScalar(key) && key.type === 'PLAIN' && key.source === MERGE) {
      for (const merged of mapsToMerge(value as ParsedNode, document)) {
        for (const [name, inner] of Object.entries(mapToValue(merged, document, [...inside, merged]))) {
          entries.set(name, inner);
        }
      }
    } else entries.set(toKey(toValue(key, document, inside)), toValue(value, document, inside));
  }
  return Object.fromEntries(entries);
}

/** In the order in which they are laid over each other: of several the first is to win. */
export function mapsToMerge(node: unknown, document: Document.Parsed): readonly YAMLMap[] {
  const value = isAlias(node) ? node.resolve(document) : node;
  if (isMap(value)) return [value];
  if (isSeq(value)) return value.items.toReversed().flatMap((item) => mapsToMerge(item, document));
  throw new Error(`expected a map to merge, got ${String(value)}`);
}

/** JSON's keys are text: `8080` is "8080", `yes` is "true". */
export function toKey(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`expected text as a key, got ${JSON.stringify(value)}`);
}
