// The objects that the user gave, as files or on standard input: which of them are about the service, and their text.
import { type Document, isMap, isSeq, parseAllDocuments, type YAMLMap } from 'yaml';
import { type Field, field, type Report } from '../../manifest-reader/fields';
import { parseKubernetesYaml } from '../../manifest-reader/kubernetes-yaml';
import { spellOut } from '../yaml-text/spelled-out';

export interface GivenText {
  /** A path, or `standard input`. */
  readonly name: string;
  readonly text: string;
}

export interface GivenObject {
  readonly object: Field;
  readonly kind: string;
  /** The YAML of this object alone, with its comments. */
  readonly source: string;
}

/** All objects of the texts, those inside Lists too. A text that is no YAML, or has to be rendered first, is reported. */
export function readGivenObjects(texts: readonly GivenText[], report: Report): readonly GivenObject[] {
  return texts.flatMap(({ name, text }) => {
    if (/\{\{[\s\S]*?\}\}/.test(text)) {
      report(
        `${name}: expected YAML, got a template ({{ … }}): give what "helm template" or "kubectl get -o yaml" prints`,
      );
      return [];
    }
    try {
      // Comments of a text with the line ends of Windows would keep half of them.
      const lines = text.replaceAll('\r\n', '\n');
      parseKubernetesYaml(lines);
      const documents = parseAllDocuments(lines, { uniqueKeys: false }) as readonly Document.Parsed[];
      return documents.flatMap((document) => objectsIn(document, name, report));
    } catch (thrown) {
      report(`${name}: ${(thrown as Error).message}`);
      return [];
    }
  });
}

function objectsIn(document: Document.Parsed, name: string, report: Report): readonly GivenObject[] {
  spellOut(document);
  const contents: unknown = document.contents;
  if (!isMap(contents)) return [];
  if (!isList(contents)) return isKustomization(contents, name, report) ? [] : [readOne(document, name, report)];
  return itemsOf(contents, document).map((item) => {
    const alone = document.clone() as Document.Parsed;
    alone.contents = item as unknown as typeof alone.contents;
    return readOne(alone, name, report);
  });
}

function isList(map: YAMLMap): boolean {
  return /List$/.test(String(map.get('kind'))) && isSeq(map.get('items', true));
}

/** What is in a List, and in Lists inside it. Those of one kind, as the API server answers, leave the kind to the list. */
function itemsOf(list: YAMLMap, document: Document.Parsed): readonly YAMLMap[] {
  const [kind, version] = [String(list.get('kind')).replace(/List$/, ''), list.get('apiVersion')];
  const items: unknown = list.get('items', true);
  const given = isSeq(items) ? items.items.filter((item) => isMap(item)) : [];
  return given.flatMap((item) => {
    if (isList(item)) return itemsOf(item, document);
    const whole = item.clone() as YAMLMap;
    if (kind !== '' && !whole.has('kind')) {
      whole.items.unshift(document.createPair('apiVersion', version), document.createPair('kind', kind));
    }
    return [whole];
  });
}

function isKustomization(map: YAMLMap, name: string, report: Report): boolean {
  const isOne = map.get('kind') === 'Kustomization' && /^kustomize\./.test(String(map.get('apiVersion')));
  if (isOne) report(`${name}: expected objects, got a kustomization: give what "kubectl kustomize DIR" prints`);
  return isOne;
}

function readOne(document: Document.Parsed, name: string, report: Report): GivenObject {
  document.directives.docStart = null;
  const source = document.toString({ indentSeq: false, lineWidth: 0 });
  const kind = String((document.contents as unknown as YAMLMap).get?.('kind') ?? '');
  const [value] = parseKubernetesYaml(source);
  const label = (value as { metadata?: { name?: string } } | undefined)?.metadata?.name;
  return { object: field(label ? `${name} (${kind} ${label})` : name, value, report), kind, source };
}
