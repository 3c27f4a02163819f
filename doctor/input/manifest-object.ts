// One object of Kubernetes as it stands in a file, and one configuration of Envoy that is a file of its own.
import type { Place, Placed } from '../../manifest-reader/positions/placed';

export interface ManifestObject {
  readonly kind: string;
  readonly name: string;
  /** Of the object, or `default` as kubectl takes it. */
  readonly namespace: string;
  /** Without it the object goes where whoever applies it says, so `namespace` may be another one. */
  readonly hasNamespace: boolean;
  /** `Deployment shop/cart`. */
  readonly label: string;
  /** `autoscaling/v2`. */
  readonly apiVersion: string;
  readonly at: Placed;
  readonly place: Place;
  /** The template of a chart that it was rendered from, as helm's `# Source:` comment says. */
  readonly template: string | undefined;
  /** Of an object that was read from a cluster, where Kubernetes fills in what nothing writes. */
  readonly live?: LiveFacts;
}

export interface LiveFacts {
  /** Whether what was applied has spec.replicas; undefined where the object does not tell. */
  readonly writesReplicas: boolean | undefined;
}

/**
 * Undefined when `at` is no object of Kubernetes.
 * @param home the namespace of an object that says none
 */
export function manifestObject(at: Placed, template: string | undefined, home = 'default'): ManifestObject | undefined {
  const [kind, apiVersion] = [at.get('kind').text(), at.get('apiVersion').text()];
  if (kind === undefined || apiVersion === undefined) return undefined;
  const metadata = at.get('metadata');
  const name = metadata.get('name').text() ?? metadata.get('generateName').text() ?? '';
  const namespace = metadata.get('namespace').text() ?? home;
  const hasNamespace = metadata.get('namespace').text() !== undefined;
  const isClusterWide = !hasNamespace && CLUSTER_WIDE.includes(kind);
  const label = isClusterWide ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
  return { kind, apiVersion, name, namespace, hasNamespace, label, at, place: at.place, template };
}

const CLUSTER_WIDE = ['Namespace', 'APIService', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition'];
