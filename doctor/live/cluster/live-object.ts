// An object as the API server has it, as one of the input: the place of each value is its field. What the API server keeps
// for itself is left out, after it has told who wrote spec.replicas.
import { placeValue } from '../../../manifest-reader/positions/place-value';
import { type ManifestObject, manifestObject } from '../../input/manifest-object';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export interface LiveJson {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly spec?: { readonly replicas?: number };
}

interface ManagedFields {
  readonly operation?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: Readonly<Record<string, unknown>> };
}

/** Undefined when it is no object. */
export function liveObject(json: LiveJson): ManifestObject | undefined {
  const { managedFields: _managed, annotations, ...metadata } = json.metadata ?? {};
  const { [LAST_APPLIED]: _applied, ...ownAnnotations } = annotations ?? {};
  const { kind, metadata: { name = '', namespace } = {} } = json;
  const place = [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
  const kept = { ...json, metadata: { ...metadata, annotations: ownAnnotations } };
  const object = manifestObject(placeValue(kept, place), undefined);
  return object && { ...object, live: { writesReplicas: writesReplicas(json) } };
}

/**
 * The last configuration that kubectl applied tells it, and so do the fields of those who apply at the server. Who updates
 * an object owns the defaults in it too, which tells nothing.
 */
function writesReplicas({ metadata = {} }: LiveJson): boolean | undefined {
  const applied = metadata.annotations?.[LAST_APPLIED];
  const appliers = (metadata.managedFields ?? []).filter(({ operation }) => operation === 'Apply');
  if (applied === undefined && appliers.length === 0) return undefined;
  const isApplied = applied !== undefined && (JSON.parse(applied) as LiveJson).spec?.replicas !== undefined;
  return isApplied || appliers.some(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
}
