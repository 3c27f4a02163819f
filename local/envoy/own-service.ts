// What has to differ from the shipped envoy.yaml for servers of another service than the greeter, where no manifests of
// their own are given. With manifests of their own nothing of this is done: what they say is what is tried.
import { type EnvoyChange, greeterCluster, OverlayError } from './envoy-config';
import { routeMatches } from './settings-changes';

/** Routes are by prefix, the greeter's: here they take every path. */
export const ANY_SERVICE: EnvoyChange = {
  description: 'every method of every service goes to the servers, and is asked once, as Chat is (--server)',
  apply: (config) => {
    const prefixes = routeMatches(config)
      .map((match) => [...match, 'prefix'])
      .filter((at) => typeof config.get(at) === 'string');
    if (prefixes.length === 0)
      throw new OverlayError(['static_resources', 'listeners'], 'a route with a prefix', undefined);
    for (const at of prefixes) config.set(at, '/');
  },
};

export const CONNECTION_IS_HEALTH: EnvoyChange = {
  description: 'a server is healthy as long as it takes TCP connections, where --server has no grpc.health.v1',
  apply: (config) => {
    for (const check of config.items([...greeterCluster(config), 'health_checks'])) {
      config.remove([...check, 'grpc_health_check']);
      config.set([...check, 'tcp_health_check'], {});
    }
  },
};
