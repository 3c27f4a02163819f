// Tells what has to be rendered before it says anything: templates of Helm, and folders of kustomize with more than a list.
import type { Place, Placed } from '../../manifest-reader/positions/placed';

const KUSTOMIZE = 'kubectl kustomize DIR | ./deploy-all.sh doctor -';

export const TEMPLATE_PROBLEM =
  'expected YAML, got a template ({{ … }}). Render it first: ' +
  `helm template RELEASE CHART | ./deploy-all.sh doctor -   or   ${KUSTOMIZE}`;

/** What a kustomization may hold without changing the objects in the files beside it. */
const LIST_ONLY = ['apiVersion', 'kind', 'metadata', 'resources', 'sortOptions'];

/** Parts of an object in which only a template writes `{{`. */
const PLAIN_PARTS = ['apiVersion', 'kind', 'metadata', 'spec'];

/** The first line with a template action, outside of comments. */
export function templateLine(text: string): number | undefined {
  const index = text.split('\n').findIndex((line) => /^[^#]*\{\{/.test(line));
  return index < 0 ? undefined : index + 1;
}

/** Where a document that is YAML has to be rendered all the same, and why. */
export function unrenderedPlace(document: Placed): { readonly place: Place; readonly problem: string } | undefined {
  const kustomized = changedByKustomize(document);
  if (kustomized !== undefined) {
    const problem = `expected rendered objects, got a kustomization with ${kustomized[0]}. Render it first: ${KUSTOMIZE}`;
    return { place: kustomized[1].place, problem };
  }
  // Custom resources have templates of their own, of workflows and alerts.
  const group = (document.get('apiVersion').text() ?? '').split('/')[0] ?? '';
  const parts = group.includes('.') && !group.endsWith('.k8s.io') ? ['metadata'] : PLAIN_PARTS;
  const place = parts.map((part) => actionIn(document.get(part))).find((found) => found !== undefined);
  return place === undefined ? undefined : { place, problem: TEMPLATE_PROBLEM };
}

function changedByKustomize(document: Placed): readonly [string, Placed] | undefined {
  if (document.get('kind').value !== 'Kustomization') return undefined;
  if (!document.get('apiVersion').text()?.startsWith('kustomize.config.k8s.io/')) return undefined;
  return document.entries().find(([key]) => !LIST_ONLY.includes(key));
}

function actionIn(at: Placed): Place | undefined {
  if (at.text()?.includes('{{')) return at.place;
  const inner = [...at.items(), ...at.entries().flatMap(([key, value]) => (key === 'annotations' ? [] : [value]))];
  return inner.map(actionIn).find((found) => found !== undefined);
}
