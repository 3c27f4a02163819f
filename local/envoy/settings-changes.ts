// What experiments may change of envoy.yaml, as edits of it. Each one refuses a configuration that it does not know.
import { type ConfigPath, type EnvoyChange, type EnvoyConfig, greeterCluster, OverlayError } from './envoy-config';

/** Envoy's balancing policies: LEAST_REQUEST compares two hosts drawn at random, LEAST_REQUEST_FULL_SCAN all of them. */
export type Policy = 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'LEAST_REQUEST_FULL_SCAN' | 'RANDOM';

/** What of envoy.yaml is changed; what is left out is as shipped. Replaces all earlier changes. */
export interface EnvoySettings {
  readonly policy?: Policy;
  /** false: no retry policy on the route. */
  readonly retries?: boolean;
  /** false: no active health checks. */
  readonly healthChecks?: boolean;
  /** false: no outlier ejection. */
  readonly outlierEjection?: boolean;
  /** false: when no pod passes its health check, no pod gets a call. */
  readonly panic?: boolean;
  /** `envoy-defaults`: nothing said about refresh, TTL and caching of DNS answers. */
  readonly dns?: 'shipped' | 'envoy-defaults';
  /** Every call without a limit of its own ends after this many ms, streams too. */
  readonly streamsEndAfterMs?: number;
  /** Clients get 20 pings a second, and one that does not answer within so many ms loses its connection with all calls. */
  readonly pingTimeoutMs?: number;
}

/** The edits for `settings`; none for those that are left out. */
export function envoyChanges(settings: EnvoySettings): readonly EnvoyChange[] {
  const {
    policy,
    retries = true,
    healthChecks = true,
    outlierEjection = true,
    panic = true,
    dns = 'shipped',
    streamsEndAfterMs,
    pingTimeoutMs,
  } = settings;
  return [
    ...(policy === undefined ? [] : [policyChange(policy)]),
    ...(retries ? [] : [NO_RETRIES]),
    ...(healthChecks ? [] : [removal('health_checks', 'Envoy does not check the health of the pods')]),
    ...(outlierEjection ? [] : [removal('outlier_detection', 'a pod that fails its calls is not ejected')]),
    ...(panic ? [] : [NO_PANIC]),
    ...(dns === 'shipped' ? [] : [DNS_DEFAULTS]),
    ...(streamsEndAfterMs === undefined ? [] : [streamLimit(streamsEndAfterMs)]),
    ...(pingTimeoutMs === undefined ? [] : [hastyPings(pingTimeoutMs)]),
  ];
}

/** What of `settings` is not the balancing policy, in words; empty when there is nothing. */
export function describeSettings(settings: EnvoySettings): string {
  const { retries, healthChecks, outlierEjection, panic, dns, streamsEndAfterMs, pingTimeoutMs } = settings;
  return [
    ...(retries === false ? ['no retries'] : []),
    ...(healthChecks === false ? ['no health checks'] : []),
    ...(outlierEjection === false ? ['no outlier ejection'] : []),
    ...(panic === false ? ['no panic'] : []),
    ...(dns === 'envoy-defaults' ? ['DNS as Envoy has it by default'] : []),
    ...(streamsEndAfterMs === undefined ? [] : [`streams that end after ${streamsEndAfterMs} ms`]),
    ...(pingTimeoutMs === undefined ? [] : [`connections that end when a ping is not answered in ${pingTimeoutMs} ms`]),
  ].join(', ');
}

const LEAST_REQUEST = 'envoy.load_balancing_policies.least_request';

/** @param description what it does, where the reader knows it by another name than `policy` */
export function policyChange(
  policy: string,
  description = `calls are balanced by ${policy}`,
  clusterName?: string,
): EnvoyChange {
  return {
    description,
    apply: (config) => {
      const cluster = greeterCluster(config, clusterName);
      const at = [...cluster, 'lb_policy'];
      const shipped = config.get(at);
      if (typeof shipped !== 'string') throw new OverlayError(at, 'a load balancing policy', shipped);
      if (policy !== 'LEAST_REQUEST_FULL_SCAN') return config.set(at, policy);
      // Only the newer form can look at all hosts; it stands above lb_policy.
      const typedConfig = {
        '@type': `type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest`,
        selection_method: 'FULL_SCAN',
      };
      const policies = [{ typed_extension_config: { name: LEAST_REQUEST, typed_config: typedConfig } }];
      config.set([...cluster, 'load_balancing_policy'], { policies });
    },
  };
}

const NO_RETRIES: EnvoyChange = {
  description: 'a call goes to one pod only, whatever happens to it',
  apply: (config) => {
    const policies = [...hostsOf(config), ...routesOf(config)]
      .flatMap((place) => ['retry_policy', 'hedge_policy'].map((field) => [...place, field]))
      .filter((at) => config.get(at) !== undefined);
    const expected = 'a virtual host or a route with a retry_policy';
    if (policies.length === 0) throw new OverlayError(['static_resources'], expected, undefined);
    for (const at of policies) config.remove(at);
  },
};

const NO_PANIC: EnvoyChange = {
  description: 'when no pod passes its health check, no pod gets a call',
  apply: (config) => {
    const at = [...greeterCluster(config), 'common_lb_config', 'healthy_panic_threshold', 'value'];
    if (typeof config.get(at) !== 'number') throw new OverlayError(at, 'a number', config.get(at));
    config.set(at, 0);
  },
};

const DNS_DEFAULTS: EnvoyChange = {
  description: 'refresh, time to live and caching of DNS answers are not set',
  apply: (config) => {
    const dns = [...greeterCluster(config), 'cluster_type', 'typed_config'];
    for (const field of ['dns_refresh_rate', 'respect_dns_ttl', 'dns_failure_refresh_rate']) {
      config.remove([...dns, field]);
    }
    config.remove([...dns, 'typed_dns_resolver_config', 'typed_config', 'qcache_max_ttl']);
  },
};

function streamLimit(ms: number): EnvoyChange {
  return {
    description: `a call without a limit of its own is cut after ${ms} ms`,
    apply: (config) => {
      const places = routesOf(config)
        .map((route) => [...route, 'max_stream_duration'])
        .filter((at) => config.get(at) === undefined);
      const expected = 'a route without max_stream_duration';
      if (places.length === 0) throw new OverlayError(['static_resources'], expected, undefined);
      for (const at of places) config.set(at, { max_stream_duration: `${ms / 1000}s` });
    },
  };
}

function hastyPings(timeoutMs: number): EnvoyChange {
  return {
    description: `a client that does not answer a ping within ${timeoutMs} ms loses its connection`,
    apply: (config) => {
      const places = managersOf(config)
        .map((manager) => [...manager, 'http2_protocol_options', 'connection_keepalive'])
        .filter((at) => config.get(at) !== undefined);
      const expected = 'a listener with connection_keepalive';
      if (places.length === 0) throw new OverlayError(['static_resources', 'listeners'], expected, undefined);
      for (const at of places) config.set(at, { interval: '0.05s', timeout: `${timeoutMs / 1000}s` });
    },
  };
}

/** The cluster of the servers loses `field`, which it must have. */
export function removal(field: string, description: string): EnvoyChange {
  return { description, apply: (config) => config.remove([...greeterCluster(config), field]) };
}

/** What answers on each listener: the one for calls first. */
export function managersOf(config: EnvoyConfig): readonly ConfigPath[] {
  const listeners = config.items(['static_resources', 'listeners']);
  return listeners.map((listener) => [...listener, 'filter_chains', 0, 'filters', 0, 'typed_config']);
}

/** Each virtual host of each listener: its policies are those of the routes without one. */
export function hostsOf(config: EnvoyConfig): readonly ConfigPath[] {
  return managersOf(config).flatMap((manager) => config.items([...manager, 'route_config', 'virtual_hosts']));
}

/** The `route` of each of their routes. */
function routesOf(config: EnvoyConfig): readonly ConfigPath[] {
  return routePaths(config).map((route) => [...route, 'route']);
}

/** The `match` of each route to the servers. */
export function routeMatches(config: EnvoyConfig): readonly ConfigPath[] {
  const cluster = config.get([...greeterCluster(config), 'name']);
  const toServers = routePaths(config).filter((route) => config.get([...route, 'route', 'cluster']) === cluster);
  return toServers.map((route) => [...route, 'match']);
}

function routePaths(config: EnvoyConfig): readonly ConfigPath[] {
  return hostsOf(config).flatMap((host) => config.items([...host, 'routes']));
}
