// The shipped configuration with each setting of experiments; that Envoy takes the results is tried in tests/local.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { OverlayError, overlayEnvoyConfig } from '../../../../local/envoy/envoy-config';
import { describeSettings, type EnvoySettings, envoyChanges } from '../../../../local/envoy/settings-changes';
import { readManifests } from '../../../../manifest-reader/manifests';

const manifests = readManifests(path.join(__dirname, '../../../..'));
const shipped = manifests.envoy.mounts['/etc/envoy']?.['envoy.yaml'] ?? '';
const withSettings = (settings: EnvoySettings) => parse(overlayEnvoyConfig(shipped, envoyChanges(settings)));
const greeterOf = (config: Config) => config.static_resources.clusters.find(({ name }) => name === 'greeter') ?? {};
const hostsOf = (config: Config) =>
  config.static_resources.listeners.flatMap(
    ({ filter_chains: [chain] }) => chain?.filters[0]?.typed_config.route_config.virtual_hosts ?? [],
  );
const routesOf = (config: Config) => hostsOf(config).flatMap(({ routes }) => routes);

describe('envoyChanges()', () => {
  it('changes nothing unless asked', () => {
    assert.deepEqual(envoyChanges({}), []);
    assert.deepEqual(envoyChanges({ retries: true, healthChecks: true, outlierEjection: true, dns: 'shipped' }), []);
  });

  it('sets the policy, and for a full scan the form that overrides it', () => {
    assert.equal(greeterOf(withSettings({ policy: 'RANDOM' })).lb_policy, 'RANDOM');
    const { load_balancing_policy } = greeterOf(withSettings({ policy: 'LEAST_REQUEST_FULL_SCAN' }));
    assert.match(JSON.stringify(load_balancing_policy), /"selection_method":"FULL_SCAN"/);
  });

  it('removes retries and hedging from every route, and from the policy for routes without one', () => {
    assert.ok(routesOf(parse(shipped)).some(({ route }) => route.retry_policy && route.hedge_policy));
    assert.ok(hostsOf(parse(shipped)).some((host) => 'retry_policy' in host));
    const changed = withSettings({ retries: false });
    assert.ok(routesOf(changed).length >= 3);
    for (const place of [...hostsOf(changed), ...routesOf(changed).map(({ route }) => route)]) {
      assert.ok(!('retry_policy' in place) && !('hedge_policy' in place));
    }
  });

  it('removes health checks and ejection', () => {
    const cluster = greeterOf(withSettings({ healthChecks: false, outlierEjection: false }));
    assert.ok(!('health_checks' in cluster) && !('outlier_detection' in cluster));
  });

  it('removes panic mode', () => {
    assert.ok(Number((greeterOf(parse(shipped)).common_lb_config as PanicConfig).healthy_panic_threshold.value) > 0);
    const { healthy_panic_threshold } = greeterOf(withSettings({ panic: false })).common_lb_config as PanicConfig;
    assert.deepEqual(healthy_panic_threshold, { value: 0 });
    assert.equal(describeSettings({ panic: false }), 'no panic');
  });

  it('limits calls that have no limit, and leaves the others as they are', () => {
    const limits = (config: Config) => routesOf(config).map(({ route }) => route.max_stream_duration);
    const before = limits(parse(shipped));
    const after = limits(withSettings({ streamsEndAfterMs: 2500 }));
    assert.ok(before.some((limit) => limit === undefined) && before.some((limit) => limit !== undefined));
    assert.deepEqual(
      after,
      before.map((limit) => limit ?? { max_stream_duration: '2.5s' }),
    );
    assert.equal(describeSettings({ streamsEndAfterMs: 2500 }), 'streams that end after 2500 ms');
  });

  it('pings clients often, and gives them little time', () => {
    const keepalives = (config: Config) => JSON.stringify(config).match(/"connection_keepalive":\{[^}]*\}/g) ?? [];
    const before = keepalives(parse(shipped));
    const after = keepalives(withSettings({ pingTimeoutMs: 1 }));
    const changed = after.filter((text, index) => text !== before[index]);
    // Those towards the servers stay.
    assert.deepEqual(changed, ['"connection_keepalive":{"interval":"0.05s","timeout":"0.001s"}']);
    assert.match(describeSettings({ pingTimeoutMs: 1 }), /a ping is not answered in 1 ms/);
  });

  it('leaves DNS to Envoy’s defaults', () => {
    const { cluster_type } = greeterOf(withSettings({ dns: 'envoy-defaults' }));
    assert.doesNotMatch(JSON.stringify(cluster_type), /refresh|ttl/);
    assert.match(JSON.stringify(cluster_type), /dns_lookup_family/);
  });

  it('refuses a configuration that has nothing to remove', () => {
    const without = overlayEnvoyConfig(shipped, envoyChanges({ retries: false, healthChecks: false }));
    for (const settings of [{ retries: false }, { healthChecks: false }]) {
      assert.throws(() => overlayEnvoyConfig(without, envoyChanges(settings)), OverlayError);
    }
  });

  it('can describe its changes', () => {
    assert.equal(describeSettings({ policy: 'RANDOM' }), '');
    assert.equal(
      describeSettings({ retries: false, dns: 'envoy-defaults' }),
      'no retries, DNS as Envoy has it by default',
    );
  });
});

interface PanicConfig {
  readonly healthy_panic_threshold: { readonly value: number };
}
interface Config {
  readonly static_resources: {
    readonly clusters: readonly Readonly<Record<string, unknown>>[];
    readonly listeners: readonly { readonly filter_chains: readonly Chain[] }[];
  };
}
interface Chain {
  readonly filters: readonly {
    readonly typed_config: {
      readonly route_config: { readonly virtual_hosts: readonly VirtualHost[] };
    };
  }[];
}
interface VirtualHost {
  readonly routes: readonly Route[];
}
interface Route {
  readonly route: Readonly<Record<string, unknown>>;
}
