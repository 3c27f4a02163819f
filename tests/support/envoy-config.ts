// envoy.yaml, the key of ConfigMap envoy-config, as types of what the tests read in it. Whether Envoy takes it is what
// tests/local/envoy-config.test.ts asks the binary itself.
import { one, parseKey } from './read-manifests';

export interface EnvoyConfig {
  readonly admin: { readonly address: Address; readonly allow_paths: readonly Record<string, string>[] };
  readonly static_resources: { readonly listeners: readonly Listener[]; readonly clusters: readonly Cluster[] };
  readonly overload_manager: {
    readonly buffer_factory_config?: { readonly minimum_account_to_track_power_of_two: number };
    readonly actions: readonly {
      readonly name: string;
      readonly triggers: readonly {
        readonly threshold?: { readonly value: number };
        readonly scaled?: { readonly scaling_threshold: number; readonly saturation_threshold: number };
      }[];
    }[];
    readonly resource_monitors: readonly { readonly name: string; readonly typed_config: Record<string, number> }[];
  };
}

export interface Address {
  readonly socket_address: { readonly address: string; readonly port_value: number };
}

export interface Listener {
  readonly name: string;
  readonly stat_prefix?: string;
  readonly traffic_direction?: string;
  readonly drain_type?: string;
  readonly bypass_overload_manager?: boolean;
  readonly address: Address;
  readonly filter_chains: readonly { readonly filters: readonly { readonly typed_config: HttpConnectionManager }[] }[];
}

export interface HttpConnectionManager {
  readonly stat_prefix: string;
  readonly codec_type: string;
  readonly use_remote_address?: boolean;
  readonly drain_timeout?: string;
  readonly max_request_headers_kb: number;
  readonly http2_protocol_options: Readonly<
    Record<
      | 'max_concurrent_streams'
      | 'initial_stream_window_size'
      | 'initial_connection_window_size'
      | 'stream_reset_burst'
      | 'stream_reset_rate',
      number
    >
  >;
  readonly common_http_protocol_options: {
    readonly headers_with_underscores_action?: string;
    readonly max_headers_count?: number;
    readonly max_connection_duration?: string;
    readonly max_connection_duration_jitter?: { readonly value: number };
  };
  readonly http_filters: readonly { readonly name: string; readonly typed_config: { headers?: readonly Header[] } }[];
  readonly route_config: { readonly virtual_hosts: readonly VirtualHost[] };
}

interface Header {
  readonly name: string;
  readonly string_match: { readonly exact?: string; readonly safe_regex?: { readonly regex: string } };
}

export interface VirtualHost {
  readonly retry_policy?: RetryPolicy;
  readonly include_attempt_count_in_response?: boolean;
  readonly response_headers_to_add?: readonly {
    readonly header: { readonly key: string; readonly value: string };
    readonly append_action: string;
  }[];
  readonly routes: readonly Route[];
}

export interface Route {
  readonly match: { readonly prefix?: string; readonly path?: string; readonly headers?: readonly Header[] };
  readonly request_headers_to_remove?: readonly string[];
  readonly route: {
    readonly cluster: string;
    readonly priority?: string;
    readonly timeout: string;
    readonly idle_timeout?: string;
    readonly max_stream_duration?: Readonly<Record<string, string>>;
    readonly hedge_policy?: { readonly hedge_on_per_try_timeout: boolean };
    readonly retry_policy?: RetryPolicy;
  };
}

export interface RetryPolicy {
  readonly retry_on: string;
  readonly num_retries: number;
  readonly per_try_timeout?: string;
  readonly retry_host_predicate: readonly { readonly name: string }[];
}

export interface Cluster {
  readonly track_cluster_stats?: { readonly per_endpoint_stats: boolean };
  readonly name: string;
  readonly type?: string;
  readonly cluster_type?: { readonly name: string; readonly typed_config: DnsCluster };
  readonly lb_policy?: string;
  readonly ignore_health_on_host_removal?: boolean;
  readonly wait_for_warm_on_init?: boolean;
  readonly common_lb_config?: {
    readonly healthy_panic_threshold: { readonly value: number };
    readonly ignore_new_hosts_until_first_hc: boolean;
    readonly update_merge_window: string;
  };
  readonly health_checks?: readonly (Readonly<Record<string, string | number>> & {
    readonly grpc_health_check: { readonly service_name: string };
  })[];
  readonly outlier_detection?: Readonly<Record<string, string | number | boolean>>;
  readonly circuit_breakers?: {
    readonly thresholds: readonly {
      readonly priority: string;
      readonly max_requests: number;
      readonly retry_budget: { readonly budget_percent: { value: number }; readonly min_retry_concurrency: number };
    }[];
  };
  readonly upstream_connection_options?: {
    readonly tcp_keepalive: Readonly<Record<'keepalive_time' | 'keepalive_interval' | 'keepalive_probes', number>>;
  };
  readonly upstream_bind_config?: {
    readonly socket_options: readonly { readonly level: number; readonly name: number; readonly int_value: number }[];
  };
  readonly typed_extension_protocol_options?: Readonly<
    Record<string, { readonly explicit_http_config: { readonly http2_protocol_options?: UpstreamHttp2 } }>
  >;
  readonly load_assignment: {
    readonly cluster_name: string;
    readonly endpoints: readonly { readonly lb_endpoints: readonly { readonly endpoint: { address: Address } }[] }[];
  };
}

export interface UpstreamHttp2 {
  readonly max_concurrent_streams?: number;
  readonly initial_stream_window_size?: number;
  readonly initial_connection_window_size?: number;
  readonly connection_keepalive?: {
    readonly interval?: string;
    readonly timeout: string;
    readonly connection_idle_interval?: string;
  };
}

export interface DnsCluster {
  readonly '@type': string;
  readonly all_addresses_in_single_endpoint: boolean;
  readonly dns_lookup_family: string;
  readonly dns_refresh_rate: string;
  readonly respect_dns_ttl: boolean;
  readonly typed_dns_resolver_config: { readonly typed_config: Readonly<Record<string, unknown>> };
}

export const HTTP_PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function envoyConfigText(): string {
  return one('ConfigMap', 'envoy', 'envoy-config').data['envoy.yaml'] ?? '';
}

export function envoyConfig(): EnvoyConfig {
  return parseKey(one('ConfigMap', 'envoy', 'envoy-config'), 'envoy.yaml') as EnvoyConfig;
}

export function listener(name: string): Listener {
  return named(envoyConfig().static_resources.listeners, name);
}

export function cluster(name: string): Cluster {
  return named(envoyConfig().static_resources.clusters, name);
}

export function connectionManager(listenerName: string): HttpConnectionManager {
  const manager = listener(listenerName).filter_chains[0]?.filters[0]?.typed_config;
  if (manager === undefined) throw new Error(`listener ${listenerName}: expected a connection manager`);
  return manager;
}

export function virtualHost(listenerName: string): VirtualHost {
  const [host] = connectionManager(listenerName).route_config.virtual_hosts;
  if (host === undefined) throw new Error(`listener ${listenerName}: expected a virtual host`);
  return host;
}

/** The address of a cluster's only endpoint. */
export function endpointOf({ load_assignment }: Cluster): Address['socket_address'] {
  const endpoints = load_assignment.endpoints.flatMap(({ lb_endpoints }) => lb_endpoints);
  const [only] = endpoints;
  if (only === undefined || endpoints.length !== 1) throw new Error(`expected one endpoint, got ${endpoints.length}`);
  return only.endpoint.address.socket_address;
}

/** `0.75s` as 0.75. */
export function seconds(duration: unknown): number {
  const value = /^(\d+(?:\.\d+)?)s$/.exec(String(duration))?.[1];
  if (value === undefined) throw new Error(`expected a duration such as 0.5s, got ${JSON.stringify(duration)}`);
  return Number(value);
}

function named<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.filter((item) => item.name === name);
  const [only] = found;
  if (only === undefined || found.length !== 1)
    throw new Error(`envoy.yaml: expected one ${name}, got ${found.length}`);
  return only;
}

/** What pre-stop.sh allows itself at least or at most, s, where no variable says otherwise. */
export function preStopSeconds(which: 'LEAST' | 'MOST'): number {
  const script = one('ConfigMap', 'envoy', 'envoy-config').data['pre-stop.sh'] ?? '';
  return Number(new RegExp(`PRE_STOP_${which}_SECONDS:-(\\d+)}`).exec(script)?.[1]);
}
