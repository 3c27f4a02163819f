// Whether pods get a proxy of Linkerd or Istio beside them: annotations and labels of pods and of their namespace.
import type { Chain } from './chain';
import { readLabels, type Workload } from './workload';

export const MESHES = ['Linkerd', 'Istio'] as const;
export type Mesh = (typeof MESHES)[number];

/** Undefined: the namespace decides, and is not in the input. */
export function isMeshed(chain: Chain, workload: Workload, mesh: Mesh): boolean | undefined {
  const { podMetadata, object } = workload;
  const own = mesh === 'Linkerd' ? linkerdSays(podMetadata.get('annotations')) : istioPodSays(workload);
  if (own !== undefined) return own;
  const namespace = chain.ofKind('Namespace').find(({ name }) => name === object.namespace);
  if (namespace === undefined) return undefined;
  const metadata = namespace.at.get('metadata');
  if (mesh === 'Linkerd') return linkerdSays(metadata.get('annotations')) ?? false;
  const labels = readLabels(metadata.get('labels'));
  if (labels['istio-injection'] !== undefined) return labels['istio-injection'] === 'enabled';
  return labels['istio.io/rev'] !== undefined || labels['istio.io/dataplane-mode'] === 'ambient';
}

/** Whether anything in the input asks for Linkerd's proxy. */
export function hasLinkerd(chain: Chain): boolean {
  const namespaces = chain.ofKind('Namespace').map(({ at }) => at.get('metadata', 'annotations'));
  const pods = chain.workloads.map(({ podMetadata }) => podMetadata.get('annotations'));
  return [...namespaces, ...pods].some((annotations) => linkerdSays(annotations) === true);
}

function linkerdSays(annotations: Workload['podSpec']): boolean | undefined {
  const value = annotations.get('linkerd.io/inject').value;
  return value === undefined ? undefined : value === 'enabled' || value === 'ingress';
}

function istioPodSays({ podMetadata, podLabels }: Workload): boolean | undefined {
  const asked = podLabels['sidecar.istio.io/inject'] ?? podMetadata.get('annotations', 'sidecar.istio.io/inject').value;
  return asked === undefined ? undefined : String(asked) === 'true';
}
