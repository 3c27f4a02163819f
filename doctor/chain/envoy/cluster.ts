// A cluster of Envoy: where it finds its hosts, and how it speaks to them.
import type { Placed } from '../../../manifest-reader/positions/placed';
import { enumName } from './proto-value';

export type Discovery = 'strict-dns' | 'logical-dns' | 'static' | 'eds' | 'other';

export interface Endpoint {
  readonly host: string;
  readonly port: number | undefined;
  /** The address and its port. */
  readonly at: Placed;
}

export interface EnvoyCluster {
  readonly name: string;
  readonly discovery: Discovery;
  /** Where the settings of DNS stand: the cluster, or the extension that says how it is found. */
  readonly dns: Placed;
  /** What says the discovery. */
  readonly discoveryAt: Placed;
  readonly endpoints: readonly Endpoint[];
  /** HttpProtocolOptions. */
  readonly protocol: Placed;
  /** What makes it speak HTTP/2; undefined where nothing does. */
  readonly http2: Placed | undefined;
  readonly at: Placed;
}

const HTTP_PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function readCluster(at: Placed): EnvoyCluster {
  const protocol = at.get('typed_extension_protocol_options', HTTP_PROTOCOL_OPTIONS);
  const extension = at.get('cluster_type', 'typed_config');
  const isExtended = at.get('cluster_type').value !== undefined;
  return {
    name: at.get('name').text() ?? '',
    discovery: isExtended ? discoveryOfExtension(at.get('cluster_type')) : discoveryOfType(at.get('type')),
    dns: isExtended ? extension : at,
    discoveryAt: isExtended ? at.get('cluster_type') : at.get('type'),
    endpoints: readEndpoints(at),
    protocol,
    http2: readHttp2(at, protocol),
    at,
  };
}

/** Cluster.DiscoveryType of config.cluster.v3, whose zero is what a cluster without one has. */
const TYPES = ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST'];

function discoveryOfType(type: Placed): Discovery {
  switch (enumName(type, TYPES) ?? TYPES[0]) {
    case 'STRICT_DNS':
      return 'strict-dns';
    case 'LOGICAL_DNS':
      return 'logical-dns';
    case 'EDS':
      return 'eds';
    case 'STATIC':
      return 'static';
    default:
      return 'other';
  }
}

/** config.cluster.v3 and extensions.clusters.dns.v3: all addresses in one endpoint is what LOGICAL_DNS is. */
function discoveryOfExtension(type: Placed): Discovery {
  switch (type.get('name').value) {
    case 'envoy.cluster.dns':
    case 'envoy.clusters.dns':
      return type.get('typed_config', 'all_addresses_in_single_endpoint').value === true ? 'logical-dns' : 'strict-dns';
    case 'envoy.cluster.strict_dns':
      return 'strict-dns';
    case 'envoy.cluster.logical_dns':
      return 'logical-dns';
    case 'envoy.cluster.static':
      return 'static';
    case 'envoy.cluster.eds':
      return 'eds';
    default:
      return 'other';
  }
}

function readEndpoints(at: Placed): readonly Endpoint[] {
  const localities = at.get('load_assignment', 'endpoints').items();
  const assigned = localities
    .flatMap((locality) => locality.get('lb_endpoints').items())
    .map((endpoint) => endpoint.get('endpoint', 'address', 'socket_address'));
  // Until Envoy 1.17 the addresses could stand in the cluster itself.
  const old = at
    .get('hosts')
    .items()
    .map((host) => host.get('socket_address'));
  return [...assigned, ...old].flatMap((address): readonly Endpoint[] => {
    const host = address.get('address').text();
    return host === undefined ? [] : [{ host, port: address.get('port_value').number(), at: address }];
  });
}

/** Cluster.ClusterProtocolSelection, of older versions. */
const PROTOCOLS = ['USE_CONFIGURED_PROTOCOL', 'USE_DOWNSTREAM_PROTOCOL'];

/**
 * The ways to speak HTTP/2 to hosts; the last two are of older versions. A field without a value is a field that is not
 * there, as for Envoy. gRPC comes in by HTTP/2, so what follows the caller's protocol speaks it; ALPN offers it.
 */
function readHttp2(at: Placed, protocol: Placed): Placed | undefined {
  const followsCaller = at.get('protocol_selection');
  return [
    protocol.get('explicit_http_config', 'http2_protocol_options'),
    protocol.get('use_downstream_protocol_config'),
    protocol.get('auto_config'),
    at.get('http2_protocol_options'),
    ...(enumName(followsCaller, PROTOCOLS) === 'USE_DOWNSTREAM_PROTOCOL' ? [followsCaller] : []),
  ].find(({ value }) => value !== undefined);
}
