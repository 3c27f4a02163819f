// Tells the kinds that nothing here knows from those that the doctor reads or may pass over.
import type { ManifestObject } from './manifest-object';

/** Groups of custom resources that rules read. */
const READ_GROUPS = ['argoproj.io', 'keda.sh', 'monitoring.coreos.com'];

/** Kubernetes' own groups have no dot, or end in k8s.io. */
function isKnown({ apiVersion }: ManifestObject): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return !group.includes('.') || group.endsWith('.k8s.io') || READ_GROUPS.includes(group);
}

/** `Kafka (kafka.strimzi.io/v1beta2)` → how many of it there are. */
export function unknownKinds(objects: readonly ManifestObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const object of objects.filter((each) => !isKnown(each))) {
    const kind = `${object.kind} (${object.apiVersion})`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
