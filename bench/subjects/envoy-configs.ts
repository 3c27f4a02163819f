// Envoy's configuration for the rows that are not this project's: the least that passes gRPC on, and what tutorials show.

export interface EnvoyEnds {
  readonly host: string;
  readonly port: number;
  /** Addresses of the servers, for the minimal one. */
  readonly servers: readonly string[];
  /** Their name and the server that resolves it, for the tutorial's. */
  readonly name: string;
  readonly dns: { readonly host: string; readonly port: number };
  readonly serverPort: number;
}

const TYPES = 'type.googleapis.com/envoy.extensions';
const socket = (address: string, port: number) => ({ address: { socket_address: { address, port_value: port } } });

/** A listener, the router, and a fixed list of servers: nothing less is a gRPC proxy. */
export function minimalEnvoy({ host, port, servers, serverPort }: EnvoyEnds): object {
  return configuration(listener(host, port, []), {
    type: 'STATIC',
    lb_endpoints: servers.map((address) => ({ endpoint: socket(address, serverPort) })),
  });
}

/** As pages about Envoy and gRPC on Kubernetes show it: STRICT_DNS over a headless Service, a line of access log per call. */
export function tutorialEnvoy({ host, port, name, dns, serverPort }: EnvoyEnds): object {
  const log = {
    name: 'envoy.access_loggers.stdout',
    typed_config: { '@type': `${TYPES}.access_loggers.stream.v3.StdoutAccessLog` },
  };
  const { host: address, port: port_value } = dns;
  const cluster = {
    type: 'STRICT_DNS',
    lb_endpoints: [{ endpoint: socket(name, serverPort) }],
    // On the cluster this is the system's resolver: the one thing that has to differ on loopback.
    typed_dns_resolver_config: {
      name: 'envoy.network.dns_resolver.cares',
      typed_config: {
        '@type': `${TYPES}.network.dns_resolver.cares.v3.CaresDnsResolverConfig`,
        resolvers: [{ socket_address: { address, port_value } }],
        dns_resolver_options: { no_default_search_domain: true },
      },
    },
  };
  return configuration(listener(host, port, [log]), cluster);
}

function listener(host: string, port: number, access_log: readonly object[]): object {
  const manager = {
    '@type': `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'grpc',
    codec_type: 'AUTO',
    access_log,
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'servers' } }] },
      ],
    },
    http_filters: [
      { name: 'envoy.filters.http.router', typed_config: { '@type': `${TYPES}.filters.http.router.v3.Router` } },
    ],
  };
  const filters = [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }];
  return { ...socket(host, port), filter_chains: [{ filters }] };
}

interface ClusterPart {
  readonly type: string;
  readonly lb_endpoints: readonly object[];
}

function configuration(listeners: object, { lb_endpoints, ...cluster }: ClusterPart): object {
  const options = {
    '@type': `${TYPES}.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http2_protocol_options: {} },
  };
  return {
    static_resources: {
      listeners: [listeners],
      clusters: [
        {
          name: 'servers',
          ...cluster,
          lb_policy: 'ROUND_ROBIN',
          typed_extension_protocol_options: {
            [`${TYPES}.upstreams.http.v3.HttpProtocolOptions`.replace('type.googleapis.com/', '')]: options,
          },
          load_assignment: { cluster_name: 'servers', endpoints: [{ lb_endpoints }] },
        },
      ],
    },
  };
}
