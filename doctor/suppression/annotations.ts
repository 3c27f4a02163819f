// Suppressions as annotations: `doctor.grpc-load-balancing/CODE: reason`, on an object, on its pod template, or on what
// owns it.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { ManifestObject } from '../input/manifest-object';
import type { Suppression } from './suppression';

export const PREFIX = 'doctor.grpc-load-balancing/';
const PLACES = [
  ['metadata'],
  ['spec', 'template', 'metadata'],
  ['spec', 'jobTemplate', 'metadata'],
  ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
];

/** @param objects all there are */
export function annotationSuppressions(objects: readonly ManifestObject[]): readonly Suppression[] {
  return objects.flatMap((object) =>
    PLACES.flatMap((path) => annotated(object.at.get(...path, 'annotations'))).map(
      ([code, reason]): Suppression => ({
        code,
        reason: String(reason.value ?? '').trim(),
        place: reason.place,
        label: `an annotation of ${object.label}`,
        covers: ({ subject }) => subject.carriers.some((carrier) => isOrOwns(object, carrier, objects)),
      }),
    ),
  );
}

function annotated(annotations: Placed): readonly (readonly [string, Placed])[] {
  return annotations
    .entries()
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([key, value]) => [key.slice(PREFIX.length), value]);
}

/** A Deployment owns a ReplicaSet, which owns a Pod. */
function isOrOwns(owner: ManifestObject, object: ManifestObject, objects: readonly ManifestObject[]): boolean {
  if (owner === object) return true;
  const references = object.at.get('metadata', 'ownerReferences').items();
  return references.some((reference) => {
    const [kind, name] = [reference.get('kind').value, reference.get('name').value];
    const parent = objects.find(
      (each) => each !== object && each.kind === kind && each.name === name && each.namespace === object.namespace,
    );
    return parent !== undefined && isOrOwns(owner, parent, objects);
  });
}
