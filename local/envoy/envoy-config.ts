// envoy.yaml as something to be changed: every change says what it does, and a configuration that does not look as the
// change expects is refused, because a change that silently does nothing would prove something about another one.
import { openYaml, type YamlDocument, type YamlPath } from '../../manifest-reader/yaml-document';

/** One change: what it does, in one line, and how it is made. */
export interface EnvoyChange {
  readonly description: string;
  /** @throws OverlayError when what it changes is not there. */
  apply(config: EnvoyConfig): void;
}

export type ConfigPath = YamlPath;

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
  const document = openConfig(text);
  const config = editor(document);
  for (const change of changes) change.apply(config);
  return document.text();
}

/** The port of the admin endpoint in `text`. */
export function adminPort(text: string): number {
  const at = ['admin', ...SOCKET_ADDRESS, 'port_value'];
  const port = openConfig(text).get(at);
  if (typeof port !== 'number') throw new OverlayError(at, 'a port', port);
  return port;
}

/** How the cluster `name` balances: `ROUND_ROBIN`. @throws OverlayError when it does not say */
export function lbPolicy(text: string, name?: string): string {
  const config = editor(openConfig(text));
  const at = [...greeterCluster(config, name), 'lb_policy'];
  const policy = config.get(at);
  if (typeof policy !== 'string') throw new OverlayError(at, 'a load balancing policy', policy);
  return policy;
}

/** The name of the cluster that stands for the server pods, in the configuration and in Envoy's statistics (edge E12). */
export const GREETER_CLUSTER = 'greeter';

/** The path of that cluster, or of another one. */
export function greeterCluster(config: EnvoyConfig, name: string = GREETER_CLUSTER): ConfigPath {
  const clusters = ['static_resources', 'clusters'];
  const found = config.items(clusters).find((cluster) => config.get([...cluster, 'name']) === name);
  if (found === undefined) throw new OverlayError(clusters, `a cluster named ${name}`, undefined);
  return found;
}

/** Where a listener, an endpoint or the admin endpoint says its address. */
export const SOCKET_ADDRESS: ConfigPath = ['address', 'socket_address'];

function openConfig(text: string): YamlDocument {
  try {
    return openYaml(text);
  } catch (thrown) {
    throw new Error(`envoy.yaml: ${(thrown as Error).message}`, { cause: thrown });
  }
}

function editor(document: YamlDocument): EnvoyConfig {
  return {
    get: document.get,
    set: (path, value) => {
      if (!document.set(path, value)) throw new OverlayError(path.slice(0, -1), 'a map or a list', undefined);
    },
    remove: (path) => {
      if (!document.remove(path)) throw new OverlayError(path, 'a value to remove', undefined);
    },
    items: (path) => {
      const count = document.itemsAt(path) ?? 0;
      if (count === 0) throw new OverlayError(path, 'a list with items', undefined);
      return Array.from({ length: count }, (_, index) => [...path, index]);
    },
  };
}

function formatPath(path: ConfigPath): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}
