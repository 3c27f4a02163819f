// The objects that the user gave, as files or on standard input: which of them are about the service, and their text.
import { type Document, isMap, isSeq, parseAllDocuments, type YAMLMap } from 'yaml';
import { type Field, field, type Report } from '../../manifest-reader/fields';
import { parseKubernetesYaml } from '../../manifest-reader/kubernetes-yaml';

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

/** All objects of the texts, those inside a List too. A text that is no YAML, or still a template, is reported. */
export function readGivenObjects(texts: readonly GivenText[], report: Report): readonly GivenObject[] {
  return texts.flatMap(({ name, text }) => {
    if (/\{\{[\s\S]*?\}\}/.test(text)) {
      report(
        `${name}: expected YAML, got a template ({{ … }}): give what "helm template" or "kubectl get -o yaml" prints`,
      );
      return [];
    }
    try {
      parseKubernetesYaml(text);
      const documents = parseAllDocuments(text, { uniqueKeys: false }) as readonly Document.Parsed[];
      return documents.flatMap((document) => objectsIn(document, name, report));
    } catch (thrown) {
      report(`${name}: ${(thrown as Error).message}`);
      return [];
    }
  });
}

function objectsIn(document: Document.Parsed, name: string, report: Report): readonly GivenObject[] {
  if (document.contents === null) return [];
  const items = document.get('items', true);
  if (document.get('kind') === 'List' && isSeq(items)) {
    return items.items.filter(isMap).map((item) => {
      const alone = document.clone() as Document.Parsed;
      alone.contents = item.clone() as typeof alone.contents;
      return readOne(alone, name, report);
    });
  }
  return [readOne(document, name, report)];
}

function readOne(document: Document.Parsed, name: string, report: Report): GivenObject {
  document.directives.docStart = null;
  const source = document.toString({ indentSeq: false, lineWidth: 0 });
  const kind = String((document.contents as unknown as YAMLMap).get?.('kind') ?? '');
  const [value] = parseKubernetesYaml(source);
  const label = (value as { metadata?: { name?: string } } | undefined)?.metadata?.name;
  return { object: field(label ? `${name} (${kind} ${label})` : name, value, report), kind, source };
}
