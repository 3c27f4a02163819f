// The user's own Deployment as two files: as it is today without `replicas`, and the same with the patch in it. Comments
// stay. Applied one after the other they change what the patch changes, and leave the number of pods alone.
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import type { DeploymentPatch, Fields } from './deployment-patch';

const FORMAT = { indentSeq: false, lineWidth: 0 } as const;

/** What the API server adds to an object, and the number of pods, which is the autoscaler's. */
const NOT_THE_AUTHORS: readonly (readonly string[])[] = [
  ['status'],
  ...['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid', 'selfLink'].map((field) => [
    'metadata',
    field,
  ]),
  ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'],
  ['metadata', 'annotations', 'deployment.kubernetes.io/revision'],
  ['spec', 'replicas'],
];

/** The Deployment of today, for `kubectl apply set-last-applied`: what was applied last forgets the number of pods. */
export function deploymentBefore(source: string, namespace: string): string {
  return withoutReplicas(source, namespace).toString(FORMAT);
}

export function saysReplicas(source: string): boolean {
  return parseDocument(source).hasIn(['spec', 'replicas']);
}

/** @param namespace where the Deployment is; its file may leave that to the command that applies it */
function withoutReplicas(source: string, namespace: string): Document.Parsed {
  const document = parseDocument(source);
  document.setIn(['metadata', 'namespace'], namespace);
  for (const path of NOT_THE_AUTHORS) if (document.hasIn(path)) document.deleteIn(path);
  return document;
}

/** The user's Deployment with the patch in it and without `replicas`; comments stay, what the API server added does not. */
export function patchedDeployment(source: string, namespace: string, { spec }: DeploymentPatch): string {
  const document = withoutReplicas(source, namespace);
  merge(document, ['spec'], spec);
  return document.toString(FORMAT);
}

/** Lists of maps with a name are merged by it, as the API server does with containers. */
function merge(document: Document.Parsed, path: readonly (string | number)[], patch: Fields): void {
  for (const [key, value] of Object.entries(patch)) {
    const at = [...path, key];
    const there = document.getIn(at, true);
    if (value === null) document.deleteIn(at);
    else if (Array.isArray(value) && isSeq(there)) {
      for (const item of value as readonly Fields[]) {
        const index = there.items.findIndex((each) => isMap(each) && each.get('name') === item.name);
        if (index !== -1) merge(document, [...at, index], item);
      }
    } else if (typeof value === 'object' && isMap(there)) merge(document, at, value as Fields);
    else document.setIn(at, document.createNode(value));
  }
}
