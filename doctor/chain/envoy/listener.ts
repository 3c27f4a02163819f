// A listener of Envoy with what it does to connections: HTTP with its routes, or bytes passed on.
import type { Placed } from '../../../manifest-reader/positions/placed';

export interface EnvoyRoute {
  readonly at: Placed;
  readonly match: Placed;
  /** RouteAction: `route:` */
  readonly action: Placed;
  readonly virtualHost: Placed;
  readonly routeConfig: Placed;
  /** Names of the clusters that it sends calls to, each with where it stands. */
  readonly clusters: readonly Placed[];
}

export interface HttpManager {
  readonly at: Placed;
  readonly routes: readonly EnvoyRoute[];
  /** Routes come from elsewhere (RDS), so `routes` says nothing. */
  readonly routesAreElsewhere: boolean;
}

export interface EnvoyListener {
  readonly name: string;
  readonly at: Placed;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly managers: readonly HttpManager[];
  /** Configurations of tcp_proxy. */
  readonly tcpProxies: readonly Placed[];
}

export function readListener(at: Placed): EnvoyListener {
  const chains = [...at.get('filter_chains').items(), at.get('default_filter_chain')];
  const filters = chains.flatMap((chain) => chain.get('filters').items());
  const configs = (message: string, name: RegExp) =>
    filters.flatMap((filter) => {
      const config = filter.get('typed_config');
      if (isMessage(config, message)) return [config];
      // Until Envoy 1.17 the name of the filter said what its config is.
      const untyped = filter.get('config');
      return untyped.value !== undefined && name.test(filter.get('name').text() ?? '') ? [untyped] : [];
    });
  const address = at.get('address', 'socket_address');
  return {
    name: at.get('name').text() ?? '',
    at,
    host: address.get('address').text(),
    port: address.get('port_value').number(),
    managers: configs('HttpConnectionManager', /http_connection_manager$/).map(readManager),
    tcpProxies: configs('TcpProxy', /tcp_proxy$/),
  };
}

/** Only processes of the same pod reach it: it belongs to one client, and leaves with it. */
export function isLocal({ at, host }: EnvoyListener): boolean {
  if (at.get('address', 'pipe').value !== undefined || at.get('internal_listener').value !== undefined) return true;
  return host !== undefined && /^(127\.|::1$|localhost$)/.test(host);
}

/** Whether `config` is a message of that name, whatever its package and version. */
export function isMessage(config: Placed, message: string): boolean {
  return config.get('@type').text()?.endsWith(`.${message}`) ?? false;
}

function readManager(at: Placed): HttpManager {
  const routeConfig = at.get('route_config');
  const routes = routeConfig
    .get('virtual_hosts')
    .items()
    .flatMap((virtualHost) =>
      virtualHost
        .get('routes')
        .items()
        .map((route) => readRoute(route, virtualHost, routeConfig)),
    );
  return { at, routes, routesAreElsewhere: routeConfig.value === undefined };
}

function readRoute(at: Placed, virtualHost: Placed, routeConfig: Placed): EnvoyRoute {
  const action = at.get('route');
  const weighted = action
    .get('weighted_clusters', 'clusters')
    .items()
    .map((cluster) => cluster.get('name'));
  const clusters = [action.get('cluster'), ...weighted].filter((name) => name.text() !== undefined);
  return { at, match: at.get('match'), action, virtualHost, routeConfig, clusters };
}
