// The boxes of the picture as pods on a network, and the arrows between them that the network policies have to let pass:
// all others, and all other pods, they keep out. Worked out from the YAML in tests/manifests, tried in tests/cluster.
import type { Pod } from './network-policies';
import { all } from './read-manifests';

export interface Box extends Pod {
  /** `app.kubernetes.io/name` of its pods. */
  readonly name: string;
  /** Its namespace asks for Linkerd's proxy, which its pods get where Linkerd is installed. */
  readonly takesProxy: boolean;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Name of a container port of `to`. */
  readonly port: string;
}

const NAME_LABEL = 'app.kubernetes.io/name';
export const STRANGER = 'stranger';
/** Where Linkerd's proxy takes what comes from another pod with a proxy, whatever port the caller asked for. */
export const PROXY_PORT = 4143;

/** One box per Deployment. */
export function boxes(): Box[] {
  const meshed = all('Namespace').filter(({ metadata }) => metadata.annotations?.['linkerd.io/inject'] === 'enabled');
  return all('Deployment').map(({ metadata: { namespace = '' }, spec }) => {
    const { labels = {} } = spec.template.metadata;
    const ports = (spec.template.spec.containers[0]?.ports ?? []).map((port) => [port.name, port.containerPort]);
    return {
      name: labels[NAME_LABEL] ?? '',
      takesProxy: meshed.some(({ metadata }) => metadata.name === namespace),
      namespace,
      labels,
      ports: Object.fromEntries(ports),
    };
  });
}

/** @throws when there is no such box */
export function box(name: string): Box {
  const found = boxes().find((each) => each.name === name);
  if (found === undefined) throw new Error(`expected a box ${name} among ${boxes().map((each) => each.name)}`);
  return found;
}

/** A pod that has the labels of the client but does not belong to this project. */
export function stranger(): Box {
  return { name: STRANGER, takesProxy: false, namespace: 'default', labels: box('grpc-client').labels, ports: {} };
}

export const ARROWS: readonly Arrow[] = [
  { from: 'grpc-client', to: 'envoy', port: 'grpc' },
  { from: 'envoy', to: 'grpc-server', port: 'grpc' },
  { from: 'prometheus', to: 'grpc-server', port: 'http-metrics' },
  { from: 'prometheus', to: 'envoy', port: 'http-metrics' },
  { from: 'prometheus', to: 'grpc-client', port: 'http-metrics' },
  { from: 'prometheus-adapter', to: 'prometheus', port: 'http' },
  { from: 'grafana', to: 'prometheus', port: 'http' },
  // Who may ask the adapter cannot be narrowed, since the API server is not a pod; the adapter knows its callers. So both of
  // them come through that may call any pod at this port.
  { from: STRANGER, to: 'prometheus-adapter', port: 'https' },
  { from: 'prometheus', to: 'prometheus-adapter', port: 'https' },
];

/** `grpc-client -> envoy:grpc` */
export function arrowText({ from, to, port }: Arrow): string {
  return `${from} -> ${to}:${port}`;
}

/** Those of the arrows that Linkerd's proxies carry: both ends have one. */
export function arrowsOfTheMesh(): Arrow[] {
  return ARROWS.filter(({ from, to }) => from !== STRANGER && box(from).takesProxy && box(to).takesProxy);
}
