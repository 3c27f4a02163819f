// Pods that a mesh was to give a proxy, and did not.
import { getsProxy, MESHES, type Mesh } from '../../chain/mesh';
import type { ManifestObject } from '../../input/manifest-object';
import { blind, found, type Observation, objectSubject, passed } from '../../rules/rule';
import type { Live, LiveRule } from '../live';
import { isRunning } from '../traffic/envoy-pods';

/** How a proxy shows: its container, and the webhook that adds it. */
interface Signs {
  readonly container: string;
  readonly injector: RegExp;
}

const SIGNS: Readonly<Record<Mesh, Signs>> = {
  Linkerd: { container: 'linkerd-proxy', injector: /linkerd-proxy-injector/ },
  Istio: { container: 'istio-proxy', injector: /istio-sidecar-injector|istiod/ },
};

export const missingProxy: LiveRule = {
  code: 'GLB082',
  level: 'error',
  title: 'A pod that is to be in the mesh has no proxy',
  harm: 'its calls are not balanced by the mesh: each connection stays with one pod; where the mesh demands mTLS they are refused',
  cure: 'restart the pods: proxies are added when pods are made; if none comes, look at the injector and its events',
  sources: [
    'https://linkerd.io/2/features/proxy-injection/',
    'https://istio.io/latest/docs/ops/common-problems/injection/',
    'https://github.com/linkerd/linkerd2/issues/3089',
  ],
  needs: ['Pod', 'Namespace'],
  check: (live) => MESHES.flatMap((mesh) => observeMesh(mesh, live)),
};

function observeMesh(mesh: Mesh, { cluster }: Live): readonly Observation[] {
  const namespaces = cluster.objects.filter(({ kind }) => kind === 'Namespace');
  const pods = cluster.objects.filter((object) => object.kind === 'Pod' && isRunning(object));
  const asked = pods.filter((pod) => asks(mesh, pod, namespaces));
  const isThere = hasMesh(mesh, pods, cluster);
  // Manifests may ask for a mesh that a cluster has not got: then there is nothing to add a proxy.
  if (isThere === false) return [];
  return asked.map((pod) => {
    const subject = objectSubject(pod);
    if (hasContainer(pod, SIGNS[mesh].container)) return passed(subject);
    const needs = cluster.unreadable.find(({ kind }) => kind === 'MutatingWebhookConfiguration')?.needs;
    if (isThere === undefined) return blind(subject, `${needs}, to tell whether ${mesh} is there`);
    const says = `it asks for ${mesh}, which is there, and has no container ${SIGNS[mesh].container}`;
    return found(subject, pod.at.get('spec', 'containers'), says);
  });
}

/** Undefined: nothing that may be read tells. */
function hasMesh(mesh: Mesh, pods: readonly ManifestObject[], cluster: Live['cluster']): boolean | undefined {
  const webhooks = cluster.objects.filter(({ kind }) => kind === 'MutatingWebhookConfiguration');
  if (webhooks.some(({ name }) => SIGNS[mesh].injector.test(name))) return true;
  if (pods.some((pod) => hasContainer(pod, SIGNS[mesh].container))) return true;
  return cluster.unreadable.some(({ kind }) => kind === 'MutatingWebhookConfiguration') ? undefined : false;
}

function asks(mesh: Mesh, { at, namespace }: ManifestObject, namespaces: readonly ManifestObject[]): boolean {
  const home = namespaces.find(({ name }) => name === namespace)?.at.get('metadata');
  return getsProxy(mesh, { metadata: at.get('metadata'), spec: at.get('spec'), namespace: home }) === true;
}

/** Since native sidecars a proxy may be an init container. */
function hasContainer({ at }: ManifestObject, name: string): boolean {
  const spec = at.get('spec');
  const containers = [...spec.get('containers').items(), ...spec.get('initContainers').items()];
  return containers.some((container) => container.get('name').value === name);
}
