// What has to differ from the shipped envoy.yaml for an Envoy to run on loopback: a short list, each with its reason.
// Everything else stays as the cluster gets it. A configuration that does not look as expected is refused, because a
// change that silently does nothing would prove something about another configuration.
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** One change: what it does, in one line, and how it is made. */
export interface EnvoyChange {
  readonly description: string;
  /** @throws OverlayError when what it changes is not there. */
  apply(config: EnvoyConfig): void;
}

export interface LoopbackAddresses {
  /** The address of this Envoy, which stands for the pod's. */
  readonly host: string;
  readonly dns: { readonly host: string; readonly port: number };
}

export type ConfigPath = readonly (string | number)[];

/** envoy.yaml was not as expected; the message has the path that was missed. */
export class OverlayError extends Error {
  constructor(path: ConfigPath, expected: string, actual: unknown) {
    super(`envoy.yaml: ${formatPath(path)}: expected ${expected}, got ${JSON.stringify(actual) ?? 'nothing'}`);
    this.name = 'OverlayError';
  }
}

/** envoy.yaml while it is being changed. */
export interface EnvoyConfig {
  get(path: ConfigPath): unknown;
  /** Replaces or adds the value at `path`; what lies above must exist. */
  set(path: ConfigPath, value: unknown): void;
  /** Removes the value at `path`, which must exist. */
  remove(path: ConfigPath): void;
  /** Positions of the items of the list at `path`, which must exist and have some. */
  items(path: ConfigPath): readonly ConfigPath[];
}

/** `text` with all `changes` made, in order. */
export function overlayEnvoyConfig(text: string, changes: readonly EnvoyChange[]): string {
  const document = parseDocument(text);
  if (document.errors[0] !== undefined) throw new Error(`envoy.yaml: ${document.errors[0].message}`);
  const config = editor(document);
  for (const change of changes) change.apply(config);
  return document.toString({ lineWidth: 0 });
}

/** The changes that every Envoy on loopback needs. */
export function loopbackChanges({ host, dns }: LoopbackAddresses): EnvoyChange[] {
  return [
    {
      description: 'listeners bind the loopback address of this Envoy instead of 0.0.0.0',
      apply: (config) => {
        for (const listener of config.items(['static_resources', 'listeners'])) {
          replace(config, [...listener, ...SOCKET_ADDRESS, 'address'], '0.0.0.0', host);
        }
      },
    },
    {
      description: 'the admin endpoint, and the cluster that stands for it, use that address instead of 127.0.0.1',
      apply: (config) => {
        const port = config.get(['admin', ...SOCKET_ADDRESS, 'port_value']);
        replace(config, ['admin', ...SOCKET_ADDRESS, 'address'], '127.0.0.1', host);
        const clusters = ['static_resources', 'clusters'];
        const endpoint = config
          .items(clusters)
          .map(
            (cluster): ConfigPath => [
              ...cluster,
              'load_assignment',
              'endpoints',
              0,
              'lb_endpoints',
              0,
              'endpoint',
              ...SOCKET_ADDRESS,
            ],
          )
          .find((at) => config.get([...at, 'address']) === '127.0.0.1' && config.get([...at, 'port_value']) === port);
        if (endpoint === undefined) {
          throw new OverlayError(
            clusters,
            `a cluster whose endpoint is 127.0.0.1:${port}, the admin endpoint`,
            undefined,
          );
        }
        config.set([...endpoint, 'address'], host);
      },
    },
    {
      description: 'names are resolved by the DNS server of the local stack instead of the cluster’s',
      apply: (config) => {
        const resolver = [...greeterCluster(config), 'cluster_type', 'typed_config', 'typed_dns_resolver_config'];
        const name = config.get([...resolver, 'name']);
        if (name !== CARES) throw new OverlayError([...resolver, 'name'], CARES, name);
        config.set(
          [...resolver, 'typed_config', 'resolvers'],
          [{ socket_address: { address: dns.host, port_value: dns.port } }],
        );
      },
    },
  ];
}

/** The change that `--policy` makes. */
export function policyChange(policy: string): EnvoyChange {
  return {
    description: `lb_policy is ${policy}, as --policy asks`,
    apply: (config) => {
      const at = [...greeterCluster(config), 'lb_policy'];
      const shipped = config.get(at);
      if (typeof shipped !== 'string') throw new OverlayError(at, 'a load balancing policy', shipped);
      config.set(at, policy);
    },
  };
}

/** The port of the admin endpoint in `text`. */
export function adminPort(text: string): number {
  const at = ['admin', ...SOCKET_ADDRESS, 'port_value'];
  const port = editor(parseDocument(text)).get(at);
  if (typeof port !== 'number') throw new OverlayError(at, 'a port', port);
  return port;
}

/** The path of the cluster that stands for the server pods. */
export function greeterCluster(config: EnvoyConfig): ConfigPath {
  const clusters = ['static_resources', 'clusters'];
  const found = config.items(clusters).find((cluster) => config.get([...cluster, 'name']) === 'greeter');
  if (found === undefined) throw new OverlayError(clusters, 'a cluster named greeter', undefined);
  return found;
}

const SOCKET_ADDRESS = ['address', 'socket_address'];
const CARES = 'envoy.network.dns_resolver.cares';

function replace(config: EnvoyConfig, path: ConfigPath, expected: string, value: string): void {
  const actual = config.get(path);
  if (actual !== expected) throw new OverlayError(path, expected, actual);
  config.set(path, value);
}

function editor(document: Document): EnvoyConfig {
  return {
    get: (path) => {
      const node = document.getIn(path, true);
      if (isScalar(node)) return node.value;
      return isMap(node) || isSeq(node) ? node.toJSON() : undefined;
    },
    set: (path, value) => {
      const parent = document.getIn(path.slice(0, -1), true);
      if (!isMap(parent) && !isSeq(parent)) throw new OverlayError(path.slice(0, -1), 'a map or a list', undefined);
      document.setIn(path, document.createNode(value));
    },
    remove: (path) => {
      if (!document.deleteIn(path)) throw new OverlayError(path, 'a value to remove', undefined);
    },
    items: (path) => {
      const node = document.getIn(path, true);
      if (!isSeq(node) || node.items.length === 0) throw new OverlayError(path, 'a list with items', undefined);
      return node.items.map((_, index) => [...path, index]);
    },
  };
}

function formatPath(path: ConfigPath): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}
