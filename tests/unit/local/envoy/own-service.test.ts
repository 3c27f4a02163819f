import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { overlayEnvoyConfig } from '../../../../local/envoy/envoy-config';
import { ANY_SERVICE, CONNECTION_IS_HEALTH } from '../../../../local/envoy/own-service';
import { readManifests } from '../../../../manifest-reader/manifests';
import { ROOT } from '../../../support/read-manifests';

const SHIPPED = readManifests(ROOT).serverCluster.text;

describe('ANY_SERVICE', () => {
  it('sends every path to the servers, and changes nothing else', () => {
    const changed = overlayEnvoyConfig(SHIPPED, [ANY_SERVICE]);
    const [listener, stats] = parse(changed).static_resources.listeners;
    const { routes } = listener.filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0];
    assert.deepEqual(
      routes.map(({ match }: { match: Record<string, unknown> }) => match.path ?? match.prefix),
      ['/greeter.v1.Greeter/SayHello', '/', '/'],
    );
    const before = parse(SHIPPED);
    assert.deepEqual(stats, before.static_resources.listeners[1]);
    assert.deepEqual(
      parse(
        changed
          .replace(/prefix: \/,/g, 'prefix: /greeter.v1.Greeter/,')
          .replace(/prefix: \/$/gm, 'prefix: /greeter.v1.Greeter/'),
      ),
      before,
    );
  });

  it('refuses a configuration without such a route', () => {
    const without = SHIPPED.replaceAll('prefix: /greeter.v1.Greeter/', 'path: /greeter.v1.Greeter/Chat');
    assert.throws(() => overlayEnvoyConfig(without, [ANY_SERVICE]), /expected a route with a prefix, got nothing/);
  });
});

describe('CONNECTION_IS_HEALTH', () => {
  it('asks for a connection, as often as before', () => {
    const cluster = parse(overlayEnvoyConfig(SHIPPED, [CONNECTION_IS_HEALTH])).static_resources.clusters[0];
    const { grpc_health_check: _asked, ...timing } = parse(SHIPPED).static_resources.clusters[0].health_checks[0];
    assert.deepEqual(cluster.health_checks, [{ ...timing, tcp_health_check: {} }]);
  });
});
