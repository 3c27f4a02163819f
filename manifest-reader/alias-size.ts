// How much a document stands for once its aliases are spelled out. Aliases of aliases multiply: a screen of YAML can be more
// than any memory holds, and kubectl refuses it too.
import { type Document, isAlias, isMap, isPair, isSeq } from 'yaml';

/** Objects of Kubernetes end far below: the API server takes 3 MiB. */
const MOST_VALUES = 1_000_000;

/** Counts without spelling anything out. @throws Error when it is too much to read */
export function refuseMultiplied(document: Document.Parsed): void {
  const sizes = new Map<unknown, number>();
  let hasAliases = false;
  const sizeOf = (node: unknown): number => {
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // What contains itself is refused where it is read.
    sizes.set(node, 0);
    let size = 1;
    if (isAlias(node)) {
      hasAliases = true;
      size = sizeOf(node.resolve(document));
    } else if (isPair(node)) size = sizeOf(node.key) + sizeOf(node.value);
    else if (isMap(node) || isSeq(node)) for (const item of node.items) size += sizeOf(item);
    sizes.set(node, size);
    return size;
  };
  const size = sizeOf(document.contents);
  if (hasAliases && size > MOST_VALUES)
    throw new Error(`expected at most ${MOST_VALUES} values, got ${size} by aliases`);
}
