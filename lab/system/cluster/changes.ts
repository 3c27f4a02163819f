// Changes to objects of the cluster that are undone later. The original of each part is written on the object itself,
// in the same request that changes it: a run that was killed leaves behind what the next one needs to put it right.
import type { Api, PatchKind } from './api';
import { isNotFound } from './api';
import type { KubernetesObject } from './objects';

/** A part of an object that the lab changes: the env of a container, the bounds of an HPA. */
export interface Part<T extends KubernetesObject, V> {
  /** A few words: `bounds of the HPA grpc-server`. */
  readonly what: string;
  readonly path: string;
  /** The annotation that keeps the original; one per kind of part. */
  readonly annotation: string;
  readonly kind: PatchKind;
  read(object: T): V;
  /** A patch that makes the part `value`. */
  write(value: V, object: T): Record<string, unknown>;
}

export interface Changes {
  /** Makes the part what `next` returns for its original. Does nothing if it is that already. */
  change<T extends KubernetesObject, V>(part: Part<T, V>, next: (original: V) => V): Promise<boolean>;
  /** The part as it was before the lab came. */
  original<T extends KubernetesObject, V>(part: Part<T, V>): Promise<V>;
  /** Makes the part what it was; does nothing if it was not changed. */
  restore<T extends KubernetesObject, V>(part: Part<T, V>): Promise<boolean>;
}

export const ANNOTATION_PREFIX = 'lab.grpc-load-balancing/';

export function createChanges(api: Api): Changes {
  async function look<T extends KubernetesObject, V>(
    part: Part<T, V>,
  ): Promise<{ object: T; original: V; isKept: boolean }> {
    const object = await api.get<T>(part.path);
    const kept = object.metadata.annotations?.[part.annotation];
    const original = kept === undefined ? part.read(object) : (JSON.parse(kept) as V);
    return { object, original, isKept: kept !== undefined };
  }
  return {
    original: async (part) => (await look(part)).original,
    change: async (part, next) => {
      const { object, original } = await look(part);
      const value = next(original);
      if (isSame(value, part.read(object))) return false;
      const annotations = { [part.annotation]: JSON.stringify(original) };
      await api.patch(part.path, withMetadata(part.write(value, object), { annotations }), part.kind);
      return true;
    },
    restore: async (part) => {
      try {
        const { object, original, isKept } = await look(part);
        if (!isKept) return false;
        const annotations = { [part.annotation]: null };
        await api.patch(part.path, withMetadata(part.write(original, object), { annotations }), part.kind);
        return true;
      } catch (thrown) {
        // What was deleted meanwhile needs no restoring.
        if (isNotFound(thrown)) return false;
        throw thrown;
      }
    },
  };
}

function withMetadata(patch: Record<string, unknown>, metadata: object): Record<string, unknown> {
  return { ...patch, metadata };
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
