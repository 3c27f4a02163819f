// Files laid over a cluster: what would be there if they were applied.
import { type ManifestObject, manifestObject } from '../input/manifest-object';
import type { LiveCluster } from './cluster/read-cluster';

/** Owned by the API server's answer, not by who applies: each has one owner, whom a file may push out. */
const METRICS_API = /\.(custom|external)\.metrics\.k8s\.io$/;

/**
 * The objects of the cluster, with those of the files in place of those of the same kind and name.
 * @param namespace where an object goes that says no namespace, as kubectl would have it
 */
export function layOver(
  live: LiveCluster,
  files: readonly ManifestObject[],
  namespace: string,
): readonly ManifestObject[] {
  const placed = files.map((object) => inNamespace(object, namespace));
  const replaced = new Set(placed.map(identity));
  const kept = ofRules(live).filter((object) => !replaced.has(identity(object)) || METRICS_API.test(object.name));
  return [...placed, ...kept];
}

/**
 * What rules that were written for files are to see: no pod that something else makes, since its template says the same, and
 * nothing that only Kubernetes writes.
 */
export function ofRules({ objects }: LiveCluster): readonly ManifestObject[] {
  return objects.filter((object) => {
    if (object.kind === 'EndpointSlice' || object.kind === 'MutatingWebhookConfiguration') return false;
    return object.kind !== 'Pod' || !isOwned(object);
  });
}

function isOwned({ at }: ManifestObject): boolean {
  const owners = at.get('metadata', 'ownerReferences').items();
  return owners.some((owner) => owner.get('controller').value === true);
}

/** Group and kind, namespace and name: versions of a group are the same object. */
function identity({ apiVersion, kind, namespace, name }: ManifestObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, namespace, name].join('/');
}

function inNamespace(object: ManifestObject, namespace: string): ManifestObject {
  if (object.hasNamespace) return object;
  return manifestObject(object.at, object.template, namespace) ?? object;
}
