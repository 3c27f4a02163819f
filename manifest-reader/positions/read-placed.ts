// Texts of YAML as placed values: Kubernetes objects as the API server has them, and texts that other programs read, such
// as Envoy's configuration inside a ConfigMap.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseAllDocuments } from 'yaml';
import { refuseMultiplied } from '../alias-size';
import { MERGE, mapsToMerge, parseKubernetesDocuments, toKey, toValue } from '../kubernetes-yaml';
import { type Place, type Placed, placed } from './placed';

/** Where line n of a text stands. */
export type PlaceOfLine = (line: number) => Place;

/**
 * The documents of a file that `kubectl` reads, those without content left out.
 * @throws Error saying where in the text kubectl would find it broken
 */
export function readKubernetesText(text: string, placeOfLine: PlaceOfLine): readonly Placed[] {
  const lines = new LineCounter();
  const reader = placedReader(lines, placeOfLine);
  const values = parseKubernetesDocuments(text, lines).map((document) => reader(document));
  return values.filter(({ value }) => value !== undefined);
}

/** A text of one document that a program other than the API server reads. @throws the error of YAML */
export function readProgramText(text: string, placeOfLine: PlaceOfLine): Placed {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, uniqueKeys: false });
  const [document, second] = documents as readonly Document.Parsed[];
  if (document === undefined || second !== undefined) throw new Error('expected one document');
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(problem.message);
  refuseMultiplied(document);
  return placedReader(lines, placeOfLine)(document);
}

function placedReader(lines: LineCounter, placeOfLine: PlaceOfLine): (document: Document.Parsed) => Placed {
  const lineOf = (node: unknown, end: 0 | 1 = 0): number | undefined => {
    const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
    if (range === undefined || range === null) return undefined;
    return lines.linePos(end === 0 ? range[0] : Math.max(range[0], range[1] - 1)).line;
  };
  return (document) => {
    const read = (node: unknown, line: number, inside: readonly unknown[]): Placed => {
      if (inside.includes(node)) throw new Error('expected a value, got an anchor that contains itself');
      if (isAlias(node)) {
        const target = node.resolve(document);
        if (target === undefined) throw new Error(`expected the name of an anchor above, got *${node.source}`);
        return { ...read(target, line, inside), place: placeOfLine(line), lastLine: placeOfLine(line).line };
      }
      const within = [...inside, node];
      const value = toValue(node, document, inside);
      const place = placeOfLine(line);
      const lastLine = placeOfLine(lineOf(node, 1) ?? line).line;
      const isLiteral = isScalar(node) && node.type === 'BLOCK_LITERAL';
      const literalAfter = isLiteral ? placeOfLine(lineOf(node) ?? line).line : undefined;
      const inner = isSeq(node)
        ? node.items.map((item) => read(item, lineOf(item) ?? line, within))
        : isMap(node)
          ? readMap(node.items as readonly Pair[], line, within)
          : undefined;
      return placed({ value, place, lastLine, inner, literalAfter });
    };
    const readMap = (pairs: readonly Pair[], line: number, within: readonly unknown[]): Map<string, Placed> => {
      const entries = new Map<string, Placed>();
      for (const { key, value } of pairs) {
        const at = lineOf(key) ?? line;
        if (isScalar(key) && key.type === 'PLAIN' && key.source === MERGE) {
          for (const merged of mapsToMerge(value, document)) {
            for (const [name, inner] of readMap(merged.items as readonly Pair[], at, [...within, merged])) {
              entries.set(name, inner);
            }
          }
        } else entries.set(toKey(toValue(key, document, within)), read(value, at, within));
      }
      return entries;
    };
    return read(document.contents, lineOf(document.contents) ?? 1, []);
  };
}
