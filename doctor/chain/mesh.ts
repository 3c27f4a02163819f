// Whether pods get a proxy of Linkerd or Istio beside them: what pods and their namespace say. Istio's ambient mode gives them
// none: its node proxy passes connections on, as kube-proxy does.
// Sources: https://linkerd.io/2/features/proxy-injection/ (pkg/inject of Linkerd has the table) and
// https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from './chain';
import { readLabels, type Workload } from './workload';

export const MESHES = ['Linkerd', 'Istio'] as const;
export type Mesh = (typeof MESHES)[number];

/** A pod, or the template of pods, and the metadata of its namespace where that is known. */
export interface Inhabitant {
  readonly metadata: Placed;
  readonly spec: Placed;
  readonly namespace: Placed | undefined;
}

/** Undefined: the namespace decides, and is not in the input. */
export function isMeshed(chain: Chain, { podMetadata, podSpec, object }: Workload, mesh: Mesh): boolean | undefined {
  const home = chain.ofKind('Namespace').find(({ name }) => name === object.namespace);
  return getsProxy(mesh, { metadata: podMetadata, spec: podSpec, namespace: home?.at.get('metadata') });
}

/** Undefined: the namespace decides, and is not known. */
export function getsProxy(mesh: Mesh, inhabitant: Inhabitant): boolean | undefined {
  // A proxy beside such a pod would catch what is the node's; neither injector adds one.
  if (inhabitant.spec.get('hostNetwork').value === true) return false;
  return mesh === 'Linkerd' ? getsLinkerd(inhabitant) : getsIstio(inhabitant);
}

/** Whether anything in the input asks for Linkerd's proxy. */
export function hasLinkerd(chain: Chain): boolean {
  const namespaces = chain.ofKind('Namespace').map(({ at }) => at.get('metadata'));
  const pods = chain.workloads.map(({ podMetadata }) => podMetadata);
  return [...namespaces, ...pods].some((metadata) => linkerdSays(metadata) === true);
}

/** An annotation; a label of the same name says nothing. A word that Linkerd does not know keeps the proxy away. */
function getsLinkerd({ metadata, namespace }: Inhabitant): boolean | undefined {
  const own = linkerdSays(metadata);
  if (own === false || namespace === undefined) return own;
  const word = namespace.get('annotations', 'linkerd.io/inject').value;
  const isKnown = [undefined, '', 'enabled', 'ingress', 'disabled'].includes(word as string | undefined);
  return isKnown && (own ?? linkerdSays(namespace) ?? false);
}

function linkerdSays(metadata: Placed): boolean | undefined {
  const word = metadata.get('annotations', 'linkerd.io/inject').value;
  return word === undefined || word === '' ? undefined : word === 'enabled' || word === 'ingress';
}

/** The namespace's istio-injection outranks its istio.io/rev, and both outrank the wish of a pod to have a proxy. */
function getsIstio({ metadata, namespace }: Inhabitant): boolean | undefined {
  const labels = readLabels(metadata.get('labels'));
  const label = labels['sidecar.istio.io/inject'];
  // The annotation is the older spelling. It keeps the proxy away, and alone does not bring it: no webhook selects by it.
  const word = label ?? String(metadata.get('annotations', 'sidecar.istio.io/inject').value ?? '');
  if (word !== '' && !/^(y|yes|true|on)$/i.test(word)) return false;
  const isWished = label === 'true' || labels['istio.io/rev'] !== undefined;
  if (namespace === undefined) return isWished ? true : undefined;
  const home = readLabels(namespace.get('labels'));
  const injection = home['istio-injection'];
  if (injection !== undefined) return injection === 'enabled';
  return isWished || home['istio.io/rev'] !== undefined;
}
