// What has to differ from the shipped envoy.yaml for an Envoy to run on loopback: a short list, each with its reason.
// Everything else stays as the cluster gets it.
import {
  type ConfigPath,
  type EnvoyChange,
  type EnvoyConfig,
  greeterCluster,
  OverlayError,
  SOCKET_ADDRESS,
} from './envoy-config';
import { policyChange } from './settings-changes';

export interface LoopbackAddresses {
  /** The address of this Envoy, which stands for the pod's. */
  readonly host: string;
  readonly dns: { readonly host: string; readonly port: number };
  /** Where this Envoy runs. */
  readonly platform: NodeJS.Platform;
  /** The cluster of the servers; default is `greeter`. */
  readonly cluster?: string;
}

/** The changes that every Envoy on loopback needs. */
export function loopbackChanges({ host, dns, platform, cluster }: LoopbackAddresses): EnvoyChange[] {
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
        for (const found of resolvedClusters(config, greeterCluster(config, cluster))) {
          const resolver = [...found, 'cluster_type', 'typed_config', 'typed_dns_resolver_config'];
          const name = config.get([...resolver, 'name']);
          if (name !== CARES) throw new OverlayError([...resolver, 'name'], CARES, name);
          config.set(
            [...resolver, 'typed_config', 'resolvers'],
            [{ socket_address: { address: dns.host, port_value: dns.port } }],
          );
        }
      },
    },
    {
      description:
        'connections to servers have no TCP_USER_TIMEOUT unless the system is Linux, the only one that has it',
      apply: (config) => {
        if (platform === 'linux') return;
        for (const found of resolvedClusters(config, greeterCluster(config, cluster))) {
          config.remove([...found, 'upstream_bind_config']);
        }
      },
    },
  ];
}

/** `servers`, and each other cluster that finds its hosts as that one does: a second service behind the same Envoys. */
function resolvedClusters(config: EnvoyConfig, servers: ConfigPath): readonly ConfigPath[] {
  const typeOf = (cluster: ConfigPath) => config.get([...cluster, 'cluster_type', 'name']);
  const others = config.items(servers.slice(0, -1)).filter((each) => each.at(-1) !== servers.at(-1));
  return [servers, ...others.filter((each) => typeOf(each) === 'envoy.cluster.dns')];
}

/** The change that `--policy` makes. */
export function askedPolicyChange(policy: string, cluster?: string): EnvoyChange {
  return policyChange(policy, `lb_policy is ${policy}, as --policy asks`, cluster);
}

const CARES = 'envoy.network.dns_resolver.cares';

function replace(config: EnvoyConfig, path: ConfigPath, expected: string, value: string): void {
  const actual = config.get(path);
  if (actual !== expected) throw new OverlayError(path, expected, actual);
  config.set(path, value);
}
