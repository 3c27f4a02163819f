// YAML with each value where it is used: what anchors, aliases and merge keys stand for is copied there. In the result a change
// in one place changes no other, and a part can stand alone.
import { type Document, isMap, isScalar, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import { MERGE, mapsToMerge, toKey } from '../../manifest-reader/kubernetes-yaml';

/** Changes `document`, which holds no anchor that contains itself, and not too many aliases. */
export function spellOut(document: Document.Parsed): void {
  visit(document, { Alias: (_, alias) => alias.resolve(document)?.clone() as Node | undefined });
  visit(document, {
    Map: (_, map) => {
      map.items = [...withoutMerges(map, document)] as typeof map.items;
    },
  });
  visit(document, {
    Node: (_, node) => {
      delete (node as { anchor?: string }).anchor;
    },
  });
}

function withoutMerges(map: YAMLMap, document: Document.Parsed): readonly Pair[] {
  if (!map.items.some(isMerge)) return map.items;
  const entries = new Map<string, Pair>();
  for (const pair of map.items) {
    if (!isMerge(pair)) entries.set(keyOf(pair), pair);
    else {
      const merged = mapsToMerge(pair.value, document).flatMap((each) => withoutMerges(each, document));
      for (const inner of merged) entries.set(keyOf(inner), inner);
    }
  }
  return [...entries.values()];
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === MERGE;
}

function keyOf({ key }: Pair): string {
  return toKey(isScalar(key) ? key.value : isMap(key) ? key.toJSON() : key);
}
