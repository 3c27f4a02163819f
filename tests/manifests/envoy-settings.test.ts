// The settings of Envoy on which a promise of the README hangs, and their relations to each other and to the pods'. What
// Envoy makes of them is for tests/local/ and the lab.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cluster,
  connectionManager,
  endpointOf,
  envoyConfig,
  HTTP_PROTOCOL_OPTIONS,
  listener,
  preStopSeconds,
  seconds,
  virtualHost,
} from '../support/envoy-config';
import { all, clientDeadlineSeconds, containerOf, envValue, one } from '../support/read-manifests';

const greeter = () => cluster('greeter');

describe('a new pod gets calls soon', () => {
  it('Envoy asks DNS every second, whatever the TTL, and does not cache', () => {
    const dns = greeter().cluster_type?.typed_config;
    assert.equal(dns?.dns_refresh_rate, '1s');
    assert.equal(dns?.respect_dns_ttl, false);
    assert.equal(dns?.dns_lookup_family, 'V4_ONLY');
    const resolver = dns?.typed_dns_resolver_config.typed_config;
    assert.equal(resolver?.qcache_max_ttl, 0);
    assert.equal(resolver?.query_timeout_seconds, 1);
    assert.deepEqual(resolver?.dns_resolver_options, { no_default_search_domain: true });
  });

  it('but only once it has passed a health check', () => {
    assert.equal(greeter().common_lb_config?.ignore_new_hosts_until_first_hc, true);
    assert.equal(greeter().wait_for_warm_on_init, true);
    assert.equal(greeter().common_lb_config?.update_merge_window, '0s', 'which counts from that moment on');
    const [check] = greeter().health_checks ?? [];
    assert.ok(seconds(check?.no_traffic_interval) <= 1, 'also before the first call');
  });
});

describe('a pod that leaves or is unhealthy gets none', () => {
  it('one that has left DNS is dropped although it still answers', () => {
    assert.equal(greeter().ignore_health_on_host_removal, true);
  });

  it('Envoy notices silence within three seconds, and a draining pod long before it closes', () => {
    const [check] = greeter().health_checks ?? [];
    const found = Number(check?.unhealthy_threshold) * (seconds(check?.interval) + seconds(check?.timeout));
    assert.ok(found <= 3, `${found} s`);
    const drain = Number(envValue(one('Deployment', 'grpc-server', 'grpc-server'), 'DRAIN_DELAY_MS')) / 1000;
    assert.ok(found * 2 <= drain, `${found} s of ${drain} s`);
  });

  it('all pods are tried only when no pod is healthy', () => {
    const { maxReplicas } = one('HorizontalPodAutoscaler', 'grpc-server', 'grpc-server').spec;
    const threshold = greeter().common_lb_config?.healthy_panic_threshold.value ?? 0;
    // DNS has pods that start or leave beside those: at the very most as many again, twice.
    assert.ok(threshold > 0 && threshold <= 100 / (3 * maxReplicas), `${threshold} %`);
  });

  it('a pod that hangs or breaks off calls is ejected, but no answer that a caller can provoke ejects it', () => {
    const outlier = greeter().outlier_detection ?? {};
    assert.equal(outlier.enforcing_consecutive_local_origin_failure, 100);
    assert.equal(outlier.split_external_local_origin_errors, true, 'answers are not local');
    const others = ['consecutive_5xx', 'consecutive_gateway_failure', 'success_rate', 'local_origin_success_rate'];
    for (const provokable of others) assert.equal(outlier[`enforcing_${provokable}`], 0, provokable);
    assert.equal(outlier.successful_active_health_check_uneject_host, false);
  });
});

describe('a stream without messages', () => {
  // gRPC's servers keep count of pings that come sooner than this, and end the connection at the third (proposal A8).
  const SOONEST_PING_SECONDS = 300;
  const ACKNOWLEDGED_WITHIN = { level: 6, name: 18 }; // IPPROTO_TCP, TCP_USER_TIMEOUT

  for (const { name, typed_extension_protocol_options: options } of envoyConfig().static_resources.clusters) {
    it(`lives: Envoy pings no server of cluster ${name} sooner than gRPC's servers allow`, () => {
      const keepalive =
        options?.[HTTP_PROTOCOL_OPTIONS]?.explicit_http_config.http2_protocol_options?.connection_keepalive;
      if (keepalive === undefined) return assert.notEqual(name, 'greeter', 'a frozen process is never given up');
      assert.ok(seconds(keepalive.interval) > SOONEST_PING_SECONDS, `${keepalive.interval}`);
      assert.equal(keepalive.connection_idle_interval, undefined, 'a ping before a call is one more');
    });
  }

  it('ends within ten seconds when the node of its server is gone', () => {
    const { keepalive_time, keepalive_interval, keepalive_probes } =
      greeter().upstream_connection_options?.tcp_keepalive ?? assert.fail('silence is never probed');
    assert.ok(keepalive_time + keepalive_interval * keepalive_probes <= 10);
    const { socket_options: options } = greeter().upstream_bind_config ?? assert.fail('no option of the socket');
    const limit = options.find(
      ({ level, name }) => level === ACKNOWLEDGED_WITHIN.level && name === ACKNOWLEDGED_WITHIN.name,
    );
    assert.ok((limit?.int_value ?? Number.POSITIVE_INFINITY) <= 10_000, 'probes wait for what is not acknowledged');
  });
});

describe('clients and Envoys find each other', () => {
  it('a client looks for new Envoys within 60 s, because Envoy asks it to and does not cut it off', () => {
    const { max_connection_duration: base, max_connection_duration_jitter: jitter } =
      connectionManager('grpc').common_http_protocol_options;
    assert.ok(seconds(base) * (1 + (jitter?.value ?? 0) / 100) <= 60);
    assert.ok((jitter?.value ?? 0) > 0, 'not all at once');
    assert.ok(seconds(connectionManager('grpc').drain_timeout) >= 1);
  });

  it('a reply names the Envoy that passed it on, and the number of attempts', () => {
    const { response_headers_to_add: headers, include_attempt_count_in_response: attempts } = virtualHost('grpc');
    assert.deepEqual(headers, [
      {
        header: { key: 'x-envoy-pod', value: '%ENVIRONMENT(POD_NAME)%' },
        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      },
    ]);
    assert.equal(attempts, true);
    const podName = containerOf(one('Deployment', 'envoy', 'envoy')).env?.find(({ name }) => name === 'POD_NAME');
    assert.equal(podName?.valueFrom?.fieldRef?.fieldPath, 'metadata.name');
  });
});

describe('nothing but calls and statistics can be reached', () => {
  it('the admin endpoint is on loopback and does what preStop and Prometheus need', () => {
    assert.equal(envoyConfig().admin.address.socket_address.address, '127.0.0.1');
    assert.deepEqual(endpointOf(cluster('admin')), envoyConfig().admin.address.socket_address);
    const paths = envoyConfig().admin.allow_paths.map((path) => Object.values(path)[0]);
    assert.deepEqual(paths, ['/stats', '/clusters', '/ready', '/healthcheck/fail', '/drain_listeners']);
  });

  it('the statistics answer GET without a query only', () => {
    const [route] = virtualHost('stats').routes;
    const headers = route?.match.headers?.map(({ name, string_match }) => [name, string_match.exact]);
    assert.deepEqual(headers, [
      [':method', 'GET'],
      [':path', '/stats/prometheus'],
    ]);
    assert.equal(virtualHost('stats').routes.length, 1);
  });

  it('a client’s headers do not control Envoy', () => {
    assert.equal(connectionManager('grpc').use_remote_address, true);
  });

  it('but every key that gRPC allows passes', () => {
    assert.equal(connectionManager('grpc').common_http_protocol_options.headers_with_underscores_action, 'ALLOW');
  });

  it('it refuses work before the kernel kills it', () => {
    const { limits } = containerOf(one('Deployment', 'envoy', 'envoy')).resources;
    const heap = envoyConfig().overload_manager.resource_monitors.find(({ name }) => name.endsWith('.fixed_heap'));
    assert.equal(limits.memory, '256Mi');
    assert.equal(heap?.typed_config.max_heap_size_bytes, 256 * 2 ** 20 * 0.75);
  });
});

describe('what callers can make Envoy hold fits its heap', () => {
  const { overload_manager: overload } = envoyConfig();
  const heap = overload.resource_monitors.find(({ name }) => name.endsWith('.fixed_heap'))?.typed_config;
  const upstream = greeter().typed_extension_protocol_options?.[HTTP_PROTOCOL_OPTIONS]?.explicit_http_config;

  it('by windows that are written down on both sides, and a connection that has those of all its calls', () => {
    const { max_concurrent_streams, initial_stream_window_size, initial_connection_window_size } =
      upstream?.http2_protocol_options ?? {};
    const downstream = connectionManager('grpc').http2_protocol_options.initial_stream_window_size;
    assert.deepEqual([initial_stream_window_size, downstream], [65_536, 65_536], 'least that Envoy takes is 65,535');
    assert.equal(initial_connection_window_size, (max_concurrent_streams ?? 0) * (initial_stream_window_size ?? 0));
  });

  it('by breakers whose calls, each just below what is watched, leave a tenth of the heap and more', () => {
    const calls = greeter().circuit_breakers?.thresholds.reduce((sum, { max_requests }) => sum + max_requests, 0) ?? 0;
    const watchedFrom = 2 ** (overload.buffer_factory_config?.minimum_account_to_track_power_of_two ?? Number.NaN);
    assert.ok(calls * watchedFrom <= 0.9 * Number(heap?.max_heap_size_bytes), `${calls} calls`);
  });

  it('and the calls that hold most go before others are refused', () => {
    const triggerOf = (action: string) => overload.actions.find(({ name }) => name.endsWith(action))?.triggers[0];
    const { scaling_threshold: from, saturation_threshold: to } = triggerOf('.reset_high_memory_stream')?.scaled ?? {};
    const refused = triggerOf('.stop_accepting_requests')?.threshold?.value;
    assert.ok((from ?? 1) < (to ?? 1) && (to ?? 1) < (refused ?? 0), `${from} to ${to}, then ${refused}`);
  });
});

describe('streams and short calls', () => {
  it('have circuit breakers of their own, so that streams which lie open keep no short call out', () => {
    const routes = virtualHost('grpc').routes.map(({ match, route }) => [match.path ?? match.prefix, route.priority]);
    assert.deepEqual(routes, [
      ['/greeter.v1.Greeter/SayHello', undefined],
      ['/greeter.v1.Greeter/', 'HIGH'],
      ['/greeter.v1.Greeter/', 'HIGH'],
    ]);
  });
});

describe('a draining Envoy', () => {
  it('drains calls and keeps serving its statistics', () => {
    assert.equal(listener('grpc').traffic_direction, 'INBOUND');
    assert.equal(listener('stats').traffic_direction, undefined);
    assert.equal(listener('stats').drain_type, 'MODIFY_ONLY');
    assert.equal(listener('stats').bypass_overload_manager, true);
  });

  it('asks every connection to leave at once, and takes new ones until preStop ends', () => {
    const args = containerOf(one('Deployment', 'envoy', 'envoy')).args ?? [];
    const script = one('ConfigMap', 'envoy', 'envoy-config').data['pre-stop.sh'] ?? '';
    assert.equal(args[args.indexOf('--drain-strategy') + 1], 'immediate');
    assert.equal(Number(args[args.indexOf('--drain-time-s') + 1]), preStopSeconds('MOST'));
    assert.ok(script.includes(`listener\\.${listener('grpc').stat_prefix}\\.downstream_cx_active`));
    for (const path of ['/healthcheck/fail', '/drain_listeners?inboundonly&graceful&skip_exit']) {
      assert.ok(script.includes(`request POST ${path.includes('?') ? `'${path}'` : path} || fail`), path);
    }
  });

  it('stays until clients that look a name up once in 30 s have left, and their last calls have ended', () => {
    const LOOK_UP_SECONDS = 30; // the least time between two look-ups in grpc-go, grpc-java, gRPC core and grpc-js
    assert.ok(preStopSeconds('MOST') >= LOOK_UP_SECONDS + clientDeadlineSeconds());
    assert.ok(preStopSeconds('LEAST') <= 10, 'and when all have left, no longer than DNS needs to forget it');
  });

  it('reports itself unready at the path of the readiness probe, and the liveness probe has another path', () => {
    const [filter] = connectionManager('stats').http_filters;
    const { readinessProbe, livenessProbe } = containerOf(one('Deployment', 'envoy', 'envoy'));
    assert.equal(filter?.name, 'envoy.filters.http.health_check');
    assert.deepEqual(filter?.typed_config.headers, [
      { name: ':path', string_match: { exact: readinessProbe.httpGet?.path } },
    ]);
    assert.equal(readinessProbe.httpGet?.port, 'http-metrics');
    assert.deepEqual(livenessProbe.tcpSocket, { port: 'http-metrics' });
  });

  it('is the only kind of pod with a hook: every other process handles SIGTERM itself', () => {
    const hooked = all('Deployment').filter((deployment) => containerOf(deployment).lifecycle !== undefined);
    assert.deepEqual(
      hooked.map(({ metadata }) => metadata.name),
      ['envoy'],
    );
    const envoy = one('Deployment', 'envoy', 'envoy');
    assert.deepEqual(containerOf(envoy).lifecycle?.preStop?.exec?.command, ['bash', '/etc/envoy/pre-stop.sh']);
    const mount = containerOf(envoy).volumeMounts?.find(({ mountPath }) => mountPath === '/etc/envoy');
    const volume = envoy.spec.template.spec.volumes?.find(({ name }) => name === mount?.name);
    assert.equal(volume?.configMap?.name, 'envoy-config');
    assert.ok(containerOf(envoy).args?.includes('/etc/envoy/envoy.yaml'));
  });
});
