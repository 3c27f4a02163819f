// Texts as objects of Kubernetes and configurations of Envoy. What cannot be read is reported, never passed over.
import type { Placed } from '../../manifest-reader/positions/placed';
import { readKubernetesText } from '../../manifest-reader/positions/read-placed';
import { isEnvoyBootstrap } from './envoy-text';
import { type ManifestObject, manifestObject } from './manifest-object';
import { placeText } from './place-text';
import { InputError } from './problem';
import { TEMPLATE_PROBLEM, templateLine, unrenderedPlace } from './rendering';
import { type Caller, type InputText, readTexts } from './texts';

export interface Input {
  readonly texts: readonly InputText[];
  readonly objects: readonly ManifestObject[];
  /** Envoy's configuration as a file of its own. */
  readonly bootstraps: readonly Placed[];
  /** Files of YAML that are neither. */
  readonly others: readonly string[];
}

/** @throws InputError with all that cannot be read */
export function readInput(paths: readonly string[], caller: Caller): Input {
  const problems: string[] = [];
  const texts = readTexts(paths, caller, (problem) => problems.push(problem));
  const objects: ManifestObject[] = [];
  const bootstraps: Placed[] = [];
  const others: string[] = [];
  for (const text of texts) {
    const documents = readDocuments(text, (problem) => problems.push(problem));
    for (const document of documents) {
      const found = objectsOf(document, text);
      if (found.length > 0) objects.push(...found);
      else if (isEnvoyBootstrap(document)) bootstraps.push(document);
      else if (!isEmptyList(document)) others.push(`${text.name}:${document.place.line}`);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return { texts, objects, bootstraps, others };
}

/**
 * What a command that failed prints is no chain in which nothing is wrong. A list without items is an answer.
 * @throws InputError where there are texts, and nothing in them that rules could look at
 */
export function refuseNothing({ texts, objects, bootstraps, others }: Input): void {
  const isNothing =
    others.length > 0 || texts.every(({ text }) => text.split('\n').every((line) => NO_CONTENT.test(line)));
  const [first, ...more] = texts.map(({ name }) => name);
  if (first === undefined || objects.length + bootstraps.length > 0 || !isNothing) return;
  const names = more.length === 0 ? first : `${first} and ${more.length} more`;
  throw new InputError([`${names}: expected objects of Kubernetes or Envoy's configuration, found neither`]);
}

/** Comments, and lines between documents. */
const NO_CONTENT = /^\s*(#.*|---|\.\.\.)?\s*$/;

function readDocuments({ name, text }: InputText, report: (problem: string) => void): readonly Placed[] {
  try {
    const documents = readKubernetesText(text, (line) => ({ file: name, line }));
    const unrendered = documents.map(unrenderedPlace).find((place) => place !== undefined);
    if (unrendered === undefined) return documents;
    report(`${placeText(unrendered.place)}: ${unrendered.problem}`);
  } catch (thrown) {
    const line = templateLine(text);
    if (line !== undefined) report(`${name}:${line}: ${TEMPLATE_PROBLEM}`);
    else report(brokenText(name, (thrown as Error).message));
  }
  return [];
}

/** The parser ends its first line with the place. */
function brokenText(name: string, message: string): string {
  const [, why, line, column] = /^(.*?)(?: at line (\d+), column (\d+))?:?$/m.exec(message) ?? [];
  const place = line === undefined ? name : `${name}:${line}:${column}`;
  return `${place}: kubectl would not read this YAML: ${why}`;
}

function objectsOf(document: Placed, text: InputText): readonly ManifestObject[] {
  if (isList(document))
    return document
      .get('items')
      .items()
      .flatMap((item) => objectsOf(item, text));
  const object = manifestObject(document, sourceComment(text.text, document.place.line));
  return object === undefined ? [] : [object];
}

function isList(document: Placed): boolean {
  return /List$/.test(document.get('kind').text() ?? '') && Array.isArray(document.get('items').value);
}

function isEmptyList(document: Placed): boolean {
  return isList(document) && document.get('items').items().length === 0;
}

/** Helm writes `# Source: CHART/templates/FILE` above each object. */
function sourceComment(text: string, line: number): string | undefined {
  const above = text
    .split('\n')
    .slice(0, line - 1)
    .reverse();
  for (const each of above) {
    const source = /^#\s*Source:\s*(\S+)/.exec(each)?.[1];
    if (source !== undefined) return source;
    if (!/^\s*(#|$)/.test(each)) return undefined;
  }
  return undefined;
}
